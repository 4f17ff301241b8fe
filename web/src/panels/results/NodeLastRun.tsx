/** How a node fared in the run that the tab shows: state, time, key, log, and why it ran. */
import { useNodeTitle } from "@/canvas/useNodeTitle";
import { useNodeRun } from "@/store/runs";
import { useTab } from "@/store/editor";
import { text } from "@/strings";
import { CopyButton } from "@/ui/CopyButton";
import { ProblemView } from "@/ui/ProblemView";
import { Facts } from "./Facts";
import { duration } from "@/ui/format";
import { LogLines } from "./LogLines";
import { Section } from "./Section";
import { markedState, StateMark } from "./StateMark";
import { WhyAgain } from "./WhyAgain";

const words = text.results.inspector;

export function NodeLastRun({ id }: { id: string }) {
  const runId = useTab((tab) => tab.runs);
  const node = useNodeRun(id);
  const missing = useNodeTitle(node?.because ?? null);
  if (!node || runId === null) return null;
  const { state, cached, step, total, seconds, key, log, problem, because } = node;
  const ended = state === "succeeded" || state === "failed";
  return (
    <>
      <Section title={words.lastRun} open>
        <div className="flex flex-col gap-2">
          <Facts
            facts={[
              [words.state, <StateMark key="state" state={markedState(state, cached)} />],
              [words.progress, total > 0 && !cached ? words.steps(step, total) : null],
              [words.time, ended && !cached ? duration(seconds) : null],
              [words.key, key && <Key key="key" value={key} />],
            ]}
          />
          {state === "unneeded" && <p className="text-xs text-muted">{words.unneeded}</p>}
          {because !== null && <p className="text-xs text-muted">{text.canvas.skippedBecause(missing ?? because)}</p>}
          {problem && <ProblemView problem={problem} />}
        </div>
      </Section>
      {log.length > 0 && (
        <Section title={words.log} open>
          <LogLines lines={log} />
        </Section>
      )}
      {state === "succeeded" && !cached && (
        <Section title={words.why} open={false}>
          <WhyAgain node={id} run={runId} />
        </Section>
      )}
    </>
  );
}

function Key({ value }: { value: string }) {
  return (
    <span className="flex items-center gap-1">
      <code className="truncate font-mono text-xs select-text" title={value}>
        {value.slice(0, 12)}
      </code>
      <CopyButton compact value={value} label={words.copyKey} />
    </span>
  );
}
