/** The sentence below the header that says what is wrong with a node. */
import { CircleDashed, ShieldAlert, TriangleAlert } from "lucide-react";
import { select, useNodePorts, useNodeProblems } from "@/store/editor";
import { useNodeRun } from "@/store/runs";
import { showInspector } from "@/store/ui";
import { asTold, isMissing } from "@/store/told";
import { text } from "@/strings";
import { CureButton } from "./CureButton";
import { worst } from "./problems";
import { RunAgain } from "./RunAgain";

/** What is said beside a button that takes the room of a sentence. */
const SHORT: Readonly<Partial<Record<string, string>>> = {
  needs_approval: text.canvas.blocks.needsReview,
  missing_requirements: text.canvas.blocks.needsPackages,
  remote_code_off: text.canvas.blocks.codeOff,
};

export function NodeProblem({ id, place }: { id: string; place: { y: number; height: number } }) {
  const found = useNodeProblems(id);
  const ports = useNodePorts(id);
  const failure = useNodeRun(id)?.problem ?? null;
  const problems = failure ? [failure, ...found] : found;
  const problem = worst(problems);
  if (problem === undefined) return null;
  // Code that nobody has read yet is nothing wrong: a step is left. So it is with inputs that wait for something.
  const isReview = problem.code === "needs_approval";
  const isLeft = isMissing(problem);
  const Icon = isReview ? ShieldAlert : isLeft ? CircleDashed : TriangleAlert;
  const { message, remedy } = asTold(problem, ports);
  return (
    <div
      className="node-problem"
      style={{ top: place.y, height: place.height }}
      data-severity={isReview ? "warning" : isLeft ? "left" : (problem.severity ?? "error")}
      data-problem={problem.code}
      role={problem.severity === "warning" || isLeft ? "note" : "alert"}
    >
      <Icon size={14} className="node-problem-icon shrink-0" aria-hidden />
      <button
        type="button"
        className="nodrag line-clamp-2 min-w-0 flex-1 text-left"
        aria-description={text.canvas.showProblem}
        title={[message, remedy].filter(Boolean).join(" ")}
        onClick={() => {
          select([id]);
          showInspector("problems");
        }}
      >
        {SHORT[problem.code] ?? message}
        {problems.length > 1 && <span className="text-muted"> {text.canvas.moreProblems(problems.length - 1)}</span>}
      </button>
      {failure === null ? <CureButton problem={problem} compact /> : <RunAgain problem={failure} compact />}
    </div>
  );
}
