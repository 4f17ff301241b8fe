/** Everything that is wrong with the graph and with its last run; a click leads to the node. */
import { CircleCheck, Crosshair, RotateCw } from "lucide-react";
import type { Problem } from "@/api/types";
import { compileAgain } from "@/store/compile";
import { useNodePorts, useProblems, useTab } from "@/store/editor";
import { useActiveRun, useNodeRuns } from "@/store/runs";
import { asTold } from "@/store/told";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { EmptyState } from "@/ui/EmptyState";
import { IconButton } from "@/ui/IconButton";
import { ProblemView } from "@/ui/ProblemView";
import { Section } from "./Section";
import { focusAndSelect } from "./focus";
import { groupProblems, identity, isError, type ProblemGroup } from "./problems";
import { CureButton } from "@/canvas/CureButton";
import { cureOf, mayPass } from "@/canvas/problems";
import { RunAgain } from "@/canvas/RunAgain";
import { useNodeTitle } from "@/canvas/useNodeTitle";

const words = text.results.problems;

export function ProblemsTab() {
  const ofGraph = useProblems();
  const ofRun = useRunProblems();
  const compiling = useTab((tab) => tab.compiling);
  if (ofGraph.length + ofRun.length === 0) {
    return <EmptyState icon={CircleCheck} title={compiling ? words.checking : words.none} text={words.noneText} />;
  }
  const errors = ofGraph.filter(isError).length;
  return (
    <>
      {ofGraph.length > 0 && (
        <div className="flex items-center justify-between gap-2 border-b border-line px-3 py-2">
          <p className="text-xs text-muted" role="status">
            {words.count(errors, ofGraph.length - errors)}
          </p>
          {/* What a worker could not find out is asked again by compiling. */}
          <Button
            size="sm"
            variant="ghost"
            icon={RotateCw}
            disabled={compiling}
            onClick={() => compileAgain({ retry: true })}
          >
            {words.again}
          </Button>
        </div>
      )}
      <Groups problems={ofGraph} />
      {ofRun.length > 0 && (
        <>
          <h3 className="border-b border-line px-3 py-2 text-xs text-muted">{words.fromRun}</h3>
          <Groups problems={ofRun} failed />
        </>
      )}
    </>
  );
}

/** `failed`: a run did, with these. */
function Groups({ problems, failed = false }: { problems: readonly Problem[]; failed?: boolean }) {
  return groupProblems(problems).map((group) => <Group key={group.node ?? ""} group={group} failed={failed} />);
}

function Group({ group: { node: id, problems }, failed }: { group: ProblemGroup; failed: boolean }) {
  const title = useNodeTitle(id);
  const ports = useNodePorts(id ?? "");
  const show = id === null || title === undefined ? undefined : () => focusAndSelect(id);
  return (
    <Section
      title={title ?? id ?? words.whole}
      aside={
        show && <IconButton size="sm" icon={Crosshair} label={text.results.run.goTo(title ?? "")} onClick={show} />
      }
    >
      <ul className="-mx-2 flex flex-col gap-1">
        {problems.map((problem) => (
          <li
            key={identity(problem)}
            className={cx("rounded-control px-2 py-1", show && "cursor-pointer hover:bg-sunken")}
            onClick={show}
          >
            <ProblemView problem={asTold(problem, ports)} />
            {(failed ? mayPass(problem) : cureOf(problem) !== null) && (
              <div className="mt-1 pl-[22px]" onClick={(event) => event.stopPropagation()}>
                {failed ? <RunAgain problem={problem} /> : <CureButton problem={problem} />}
              </div>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What failed in the run that is shown; its nodes tell it more exactly than the run as a whole. */
function useRunProblems(): readonly Problem[] {
  const run = useActiveRun();
  const nodes = useNodeRuns(run?.id ?? null);
  if (!run || run.state === "cancelled") return [];
  const own = [...nodes].flatMap(([node, { problem, state }]) =>
    problem && state === "failed" ? [{ ...problem, node: problem.node ?? node }] : [],
  );
  return own.length > 0 || !run.problem ? own : [run.problem];
}
