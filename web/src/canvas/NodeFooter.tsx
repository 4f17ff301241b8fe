/** The bottom line of a node after a run: how long it took, or why it did nothing. */
import { Check, ChevronsRight, RotateCcw } from "lucide-react";
import { useNodeRun } from "@/store/runs";
import { text } from "@/strings";
import { duration } from "@/ui/format";
import { useNodeState } from "./useNodeState";
import { useNodeTitle } from "./useNodeTitle";

export function NodeFooter({ id, place }: { id: string; place: { y: number; height: number } }) {
  const run = useNodeRun(id);
  const state = useNodeState(id);
  const missing = useNodeTitle(run?.because ?? null);
  return (
    <footer className="node-footer" style={{ top: place.y, height: place.height }}>
      {state === "succeeded" && run !== undefined && (
        <>
          {duration(run.seconds)}
          <Check size={12} className="text-success" aria-hidden />
        </>
      )}
      {state === "cached" && (
        <>
          {text.canvas.cachedAfter}
          <RotateCcw size={12} aria-hidden />
        </>
      )}
      {state === "unneeded" && (
        <>
          {text.canvas.unneededAfter}
          <ChevronsRight size={12} aria-hidden />
        </>
      )}
      {state === "idle" && text.canvas.notInRun}
      {state === "skipped" && (missing ? text.canvas.skippedBecause(missing) : text.canvas.states.skipped)}
      {(state === "failed" || state === "cancelled" || state === "queued" || state === "running") &&
        text.canvas.states[state]}
    </footer>
  );
}
