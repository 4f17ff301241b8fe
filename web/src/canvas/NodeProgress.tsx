/** The thin line below the header of a node that runs. */
import { useNodeRun } from "@/store/runs";
import { text } from "@/strings";

export function NodeProgress({ id }: { id: string }) {
  const run = useNodeRun(id);
  if (run === undefined) return null;
  const known = run.total > 0;
  return (
    <div
      className="node-progress"
      role="progressbar"
      aria-label={text.canvas.states.running}
      {...(known && { "aria-valuenow": run.step, "aria-valuemin": 0, "aria-valuemax": run.total })}
    >
      <div style={{ transform: `scaleX(${known ? Math.min(1, run.step / run.total) : 0.04})` }} />
    </div>
  );
}
