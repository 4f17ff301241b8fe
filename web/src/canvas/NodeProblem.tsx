/** The sentence below the header that says what is wrong with a node. */
import { RotateCw, TriangleAlert } from "lucide-react";
import { compileAgain } from "@/store/compile";
import { select, useNodeProblems } from "@/store/editor";
import { useNodeRun } from "@/store/runs";
import { showInspector } from "@/store/ui";
import { text } from "@/strings";
import { IconButton } from "@/ui/IconButton";
import { canRetry, worst } from "./problems";

export function NodeProblem({ id, place }: { id: string; place: { y: number; height: number } }) {
  const found = useNodeProblems(id);
  const failure = useNodeRun(id)?.problem ?? null;
  const problems = failure ? [failure, ...found] : found;
  const problem = worst(problems);
  if (problem === undefined) return null;
  return (
    <div
      className="node-problem"
      style={{ top: place.y, height: place.height }}
      data-severity={problem.severity ?? "error"}
      role={problem.severity === "warning" ? "note" : "alert"}
    >
      <TriangleAlert size={14} className="mt-px shrink-0" aria-hidden />
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
        {problem.message}
        {problems.length > 1 && <span className="text-muted"> {text.canvas.moreProblems(problems.length - 1)}</span>}
      </button>
      {failure === null && canRetry(problem) && (
        <IconButton
          className="nodrag"
          size="sm"
          icon={RotateCw}
          label={text.common.retry}
          onClick={() => compileAgain({ retry: true })}
        />
      )}
    </div>
  );
}
