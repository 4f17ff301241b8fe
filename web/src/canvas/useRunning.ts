/** Whether a node runs now. Draws again only when that changes, not at each step. */
import { useCallback, useSyncExternalStore } from "react";
import { useTab } from "@/store/editor";
import { listenToNodes, nodeRun } from "@/store/records";

export function useRunning(nodeId: string): boolean {
  const run = useTab((tab) => tab.runs);
  const subscribe = useCallback(
    (listener: () => void) => (run === null ? () => undefined : listenToNodes(run, listener)),
    [run],
  );
  return useSyncExternalStore(subscribe, () => run !== null && nodeRun(run, nodeId)?.state === "running");
}
