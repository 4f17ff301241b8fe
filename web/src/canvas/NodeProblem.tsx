/** The sentence below the header that says what is wrong with a node. */
import { RotateCw, ShieldAlert, TriangleAlert } from "lucide-react";
import type { Problem } from "@/api/types";
import { select, useNodeProblems } from "@/store/editor";
import { startRun, useActiveRun, useNodeRun } from "@/store/runs";
import { showInspector } from "@/store/ui";
import { text } from "@/strings";
import { IconButton } from "@/ui/IconButton";
import { CureButton } from "./CureButton";
import { mayPass, worst } from "./problems";

/** What is said beside a button that takes the room of a sentence. */
const SHORT: Readonly<Partial<Record<string, string>>> = {
  needs_approval: text.canvas.blocks.needsReview,
  missing_requirements: text.canvas.blocks.needsPackages,
};

export function NodeProblem({ id, place }: { id: string; place: { y: number; height: number } }) {
  const found = useNodeProblems(id);
  const failure = useNodeRun(id)?.problem ?? null;
  const problems = failure ? [failure, ...found] : found;
  const problem = worst(problems);
  if (problem === undefined) return null;
  // Code that nobody has read yet is nothing wrong: a step is left.
  const isReview = problem.code === "needs_approval";
  const Icon = isReview ? ShieldAlert : TriangleAlert;
  return (
    <div
      className="node-problem"
      style={{ top: place.y, height: place.height }}
      data-severity={isReview ? "warning" : (problem.severity ?? "error")}
      data-problem={problem.code}
      role={problem.severity === "warning" ? "note" : "alert"}
    >
      <Icon size={14} className="node-problem-icon shrink-0" aria-hidden />
      <button
        type="button"
        className="nodrag line-clamp-2 min-w-0 flex-1 text-left"
        aria-description={text.canvas.showProblem}
        title={[problem.message, problem.remedy].filter(Boolean).join(" ")}
        onClick={() => {
          select([id]);
          showInspector("problems");
        }}
      >
        {SHORT[problem.code] ?? problem.message}
        {problems.length > 1 && <span className="text-muted"> {text.canvas.moreProblems(problems.length - 1)}</span>}
      </button>
      {failure === null ? <CureButton problem={problem} compact /> : <RunAgain problem={failure} />}
    </div>
  );
}

/** For what may be well the next time: the same run once more. */
function RunAgain({ problem }: { problem: Problem }) {
  const targets = useActiveRun()?.targets ?? [];
  if (!mayPass(problem)) return null;
  const label = text.canvas.runAgain;
  const run = () => void startRun(targets.length > 0 ? { targets } : {});
  return <IconButton className="nodrag" size="sm" icon={RotateCw} label={label} onClick={run} />;
}
