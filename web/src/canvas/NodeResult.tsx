/** Words and numbers that an output node made, in small. */
import { useNodeRun } from "@/store/runs";
import { wordsIn } from "./pictures";

export function NodeResult({ id, place }: { id: string; place: { y: number; height: number } }) {
  const run = useNodeRun(id);
  const words = run === undefined ? [] : wordsIn(run.outputs);
  return (
    <div className="node-result nowheel" style={{ top: place.y, height: place.height }}>
      {words.join("\n")}
    </div>
  );
}
