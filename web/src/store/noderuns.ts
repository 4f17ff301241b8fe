/** All nodes of a run at once, drawn again at most once per animation frame. */
import { useEffect, useState } from "react";
import type { NodeRunView } from "@/store/fold";
import { listenToNodes, nodeRuns } from "@/store/records";

interface Seen {
  readonly run: string | null;
  readonly nodes: ReadonlyMap<string, NodeRunView>;
}

export function useNodeRuns(run: string | null): ReadonlyMap<string, NodeRunView> {
  const [seen, setSeen] = useState<Seen>(() => look(run));
  useEffect(() => {
    if (run === null) return;
    let frame = requestAnimationFrame(() => setSeen(look(run)));
    const stop = listenToNodes(run, () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => setSeen(look(run)));
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [run]);
  return seen.run === run ? seen.nodes : look(run).nodes;
}

function look(run: string | null): Seen {
  return { run, nodes: new Map(run === null ? [] : nodeRuns(run)) };
}
