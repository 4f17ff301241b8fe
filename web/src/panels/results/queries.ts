/** What the results panels ask the server for: pages of runs, whole runs, the system. */
import { useInfiniteQuery, useQuery, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { Run, RunPage } from "@/api/types";
import type { RunState } from "@/store/runs";
import { without, withNews } from "./history";

export interface RunFilter {
  readonly state: RunState | null;
  readonly search: string;
}

const EVERYTHING: RunFilter = { state: null, search: "" };

const PAGE = 60;
const PAGES = "run pages";

/** The runs that match, newest first, a page at a time. */
export function useRunPages(filter: RunFilter) {
  return useInfiniteQuery({
    queryKey: [PAGES, filter],
    queryFn: ({ pageParam }) => fetchPage(filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next ?? null,
    staleTime: Infinity,
  });
}

/** Bring all loaded lists of runs up to date; asks for their first pages only. */
export async function refreshRunPages(client: QueryClient): Promise<void> {
  const lists = client.getQueryCache().findAll({ queryKey: [PAGES], type: "active" });
  await Promise.all(
    lists.map(async ({ queryKey }) => {
      const filter = filterOf(queryKey);
      const news = await fetchPage(filter, null);
      client.setQueryData<Pages>(queryKey, (data) => data && { ...data, pages: withNews(data.pages, news) });
    }),
  );
  // Lists that nobody looks at are asked for again when somebody does.
  await client.invalidateQueries({ queryKey: [PAGES], type: "inactive", refetchType: "none" });
}

/** Take a removed run out of all loaded lists. */
export function forgetRun(client: QueryClient, id: string): void {
  client.setQueriesData<Pages>({ queryKey: [PAGES] }, (data) => data && { ...data, pages: without(data.pages, id) });
}

/** One run with its graph, nodes and logs; `state` makes it be asked for again when that has changed. */
export function useWholeRun(id: string | null, state?: RunState) {
  return useQuery({
    queryKey: ["run", id, state],
    queryFn: () => fetchRun(id ?? ""),
    enabled: id !== null,
    staleTime: Infinity,
  });
}

export function fetchRun(id: string): Promise<Run> {
  return unwrap(api.GET("/api/runs/{run_id}", { params: { path: { run_id: id } } }));
}

type Pages = InfiniteData<RunPage, string | null>;

function fetchPage({ state, search }: RunFilter, cursor: string | null): Promise<RunPage> {
  const query = { limit: PAGE, ...(state && { state }), ...(search && { search }), ...(cursor && { cursor }) };
  return unwrap(api.GET("/api/runs", { params: { query } }));
}

function filterOf([, filter]: readonly unknown[]): RunFilter {
  return isFilter(filter) ? filter : EVERYTHING;
}

function isFilter(value: unknown): value is RunFilter {
  return typeof value === "object" && value !== null && "state" in value && "search" in value;
}
