/** The run that the tab shows: how it goes, what each node took, which seeds it used, what was said. */
import { Play } from "lucide-react";
import { useNodeTitle } from "@/canvas/useNodeTitle";
import { useActiveRun, useNodeRuns, type NodeRunView, type RunView } from "@/store/runs";
import { totalProgress } from "@/store/progress";
import { text } from "@/strings";
import { CopyButton } from "@/ui/CopyButton";
import { EmptyState } from "@/ui/EmptyState";
import { ProblemView } from "@/ui/ProblemView";
import { Facts } from "./Facts";
import { duration, moment, percent } from "@/ui/format";
import { LogLines } from "./LogLines";
import { ProgressLine } from "./ProgressLine";
import { useWholeRun } from "./queries";
import { RunNodes } from "./RunNodes";
import { Section } from "./Section";
import { seedsOf, type UsedSeed } from "./seeds";
import { StateMark } from "./StateMark";
import { useNow } from "./useNow";

const words = text.results.run;

export function RunTab() {
  const run = useActiveRun();
  if (!run) return <EmptyState icon={Play} title={words.none} text={words.noneText} />;
  return <ShownRun key={run.id} run={run} />;
}

function ShownRun({ run }: { run: RunView }) {
  const nodes = useNodeRuns(run.id);
  const log = [...nodes].flatMap(([node, { log: lines }]) => lines.map((line) => ({ ...line, node })));
  return (
    <>
      <Section title={run.name || text.results.queue.untitled}>
        <Head run={run} nodes={nodes} />
      </Section>
      {nodes.size > 0 && (
        <Section title={words.nodes} open>
          <RunNodes nodes={nodes} />
        </Section>
      )}
      <Seeds run={run} />
      {log.length > 0 && (
        <Section title={words.log} open>
          <LogLines lines={log} />
        </Section>
      )}
    </>
  );
}

function Head({ run, nodes }: { run: RunView; nodes: ReadonlyMap<string, NodeRunView> }) {
  const done = totalProgress(run, nodes.values()) ?? 1;
  return (
    <div className="flex flex-col gap-2">
      {run.state === "running" && <ProgressLine label={text.results.inspector.progress} part={done} />}
      <Facts
        facts={[
          [text.results.inspector.state, <StateMark key="state" state={run.state} />],
          [text.results.inspector.progress, run.state === "running" ? percent(done) : null],
          [text.results.inspector.time, <Taken key="taken" run={run} />],
          [words.started, run.started === null ? null : moment(run.started)],
          [
            words.id,
            <span key="id" className="flex items-center gap-1">
              <code className="truncate font-mono text-xs select-text">{run.id}</code>
              <CopyButton compact value={run.id} label={text.results.queue.copyId} />
            </span>,
          ],
        ]}
      />
      {run.problem && <ProblemView problem={run.problem} />}
    </div>
  );
}

/** How long it took; while it runs, how long since this page saw it start. */
function Taken({ run }: { run: RunView }) {
  if (run.started !== null && run.finished !== null) return duration(run.finished - run.started);
  return run.state === "running" && run.startedAt !== null ? <Since time={run.startedAt} /> : "–";
}

const PACE_MS = 200;

function Since({ time }: { time: number }) {
  return duration(Math.max(0, (useNow(PACE_MS) - time) / 1000));
}

function Seeds({ run }: { run: RunView }) {
  const { data } = useWholeRun(run.id);
  const seeds = data ? seedsOf(data) : [];
  if (seeds.length === 0) return null;
  return (
    <Section title={words.seeds} open>
      <ul className="flex flex-col">
        {seeds.map((used) => (
          <SeedRow key={`${used.node}.${used.param}`} used={used} />
        ))}
      </ul>
    </Section>
  );
}

function SeedRow({ used: { node, param, seed } }: { used: UsedSeed }) {
  const title = useNodeTitle(node) ?? node;
  return (
    <li className="flex items-center gap-2 text-sm">
      <span className="min-w-0 flex-1 truncate text-body">{param === "seed" ? title : words.seedOf(title, param)}</span>
      <span className="font-mono text-xs text-strong select-text">{seed}</span>
      <CopyButton compact value={String(seed)} label={words.copySeed(String(seed))} />
    </li>
  );
}
