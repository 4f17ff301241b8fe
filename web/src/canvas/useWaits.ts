/** Which nodes of a tab wait for a download, and for which repo. */
import { useMemo } from "react";
import { waits } from "@/graph/waiting";
import { useLongDownloads } from "@/store/downloads";
import { nodePorts } from "@/store/editor";
import { useNodeRuns } from "@/store/runs";
import type { Tab } from "@/store/tabs";

const NONE: ReadonlyMap<string, string> = new Map();

export function useWaits(tab: Tab): ReadonlyMap<string, string> {
  const repos = useLongDownloads();
  const runs = useNodeRuns(repos.size > 0 ? tab.runs : null);
  return useMemo(() => {
    if (repos.size === 0) return NONE;
    return waits(tab.doc, {
      repos,
      isPending: (id) => nodePorts(tab, id)?.pending === true,
      isRunning: (id) => runs.get(id)?.state === "running",
    });
  }, [tab, repos, runs]);
}
