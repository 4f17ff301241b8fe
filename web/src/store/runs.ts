/** The face of the runs: start and stop them, and see what becomes of them. */
import type { NodeRunView, RunView } from "@/store/fold";
import { useNodeRunOf, useRunView } from "@/store/records";
import { useTab } from "@/store/tabs";

export { FINAL, type NodeRunView, type RunState, type RunView } from "@/store/fold";
export { cancelRun, moveInQueue, useQueue } from "@/store/queue";
export { useNodeRuns } from "@/store/noderuns";
export { startRun, stopRun, useIsStarting } from "@/store/submit";

/** A run this page knows, without its nodes. */
export function useRun(id: string | null): RunView | undefined {
  return useRunView(id);
}

/** The run that the active tab shows. */
export function useActiveRun(): RunView | undefined {
  return useRunView(useTab((tab) => tab.runs));
}

/** What became of a node in the run that the active tab shows. */
export function useNodeRun(nodeId: string): NodeRunView | undefined {
  return useNodeRunOf(
    useTab((tab) => tab.runs),
    nodeId,
  );
}
