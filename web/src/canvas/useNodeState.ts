/** The state of a node in the run that is shown. */
import { useNodeRun } from "@/store/runs";

export type NodeState = "idle" | "queued" | "running" | "cached" | "succeeded" | "failed" | "skipped" | "cancelled";

export function useNodeState(id: string): NodeState {
  const run = useNodeRun(id);
  if (run === undefined) return "idle";
  return run.state === "succeeded" && run.cached ? "cached" : run.state;
}
