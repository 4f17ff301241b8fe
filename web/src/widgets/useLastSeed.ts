/** The seed that the last run of the active tab used for a param: drawn by chance, or what stood there then. */
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { useActiveRun } from "@/store/runs";

export function useLastSeed(nodeId: string, param: string): number | null {
  const run = useActiveRun()?.id;
  const { data } = useQuery({
    queryKey: ["run graph", run],
    queryFn: async () =>
      (await unwrap(api.GET("/api/runs/{run_id}", { params: { path: { run_id: run ?? "" } } }))).graph ?? null,
    enabled: run !== undefined,
    staleTime: Infinity, // the graph of a run never changes
  });
  const value = data?.nodes?.find((node) => node.id === nodeId)?.params?.[param];
  return typeof value === "number" ? value : null;
}
