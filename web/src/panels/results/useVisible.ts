/** The outputs of a node as they can be looked at: what a run kept to itself, or did not need, is asked for now. */
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { ValueSummary } from "@/api/types";
import { itemType } from "@/graph/ports";
import { useNodeRun } from "@/store/runs";
import { useTab } from "@/store/editor";

type Outputs = Readonly<Record<string, ValueSummary>>;

const NONE: Outputs = {};
const PICTURES: ReadonlySet<string> = new Set(["image", "mask", "video"]);

interface Visible {
  readonly outputs: Outputs;
  /** What was asked for is no longer kept. */
  readonly gone: boolean;
}

export function useVisible(node: string): Visible {
  const run = useTab((tab) => tab.runs);
  const view = useNodeRun(node);
  const outputs = view?.outputs ?? NONE;
  const hidden =
    run !== null &&
    (view?.state === "unneeded" || (view?.state === "succeeded" && Object.values(outputs).some(isHidden)));
  const { data, isError } = useQuery({
    queryKey: ["published", run, node],
    queryFn: () => publish(run ?? "", node),
    enabled: hidden,
    staleTime: Infinity,
    retry: false, // a result that is no longer kept does not come back
  });
  return { outputs: hidden && data ? data : outputs, gone: hidden && isError };
}

async function publish(run_id: string, node_id: string): Promise<Outputs> {
  const request = api.POST("/api/runs/{run_id}/nodes/{node_id}/publish", { params: { path: { run_id, node_id } } });
  return (await unwrap(request)).outputs;
}

function isHidden({ type, artifact, items }: ValueSummary): boolean {
  if (!PICTURES.has(itemType(type))) return false;
  return items ? items.some(isHidden) : !artifact;
}
