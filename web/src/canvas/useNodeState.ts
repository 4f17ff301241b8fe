/** The state of a node in the run that is shown. */
import { useNodeRun, type NodeRunView } from "@/store/runs";

export type NodeState = "idle" | "cached" | NodeRunView["state"];

export function useNodeState(id: string): NodeState {
  const run = useNodeRun(id);
  if (run === undefined) return "idle";
  return run.state === "succeeded" && run.cached ? "cached" : run.state;
}
