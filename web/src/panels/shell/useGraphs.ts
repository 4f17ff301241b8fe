/** What the server says of saved workflows: the list, and the versions of one. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, unwrap } from "@/api/client";
import { useEditor } from "@/store/editor";

const MOST = 500;

/** Saved workflows whose name or id holds `search`, last saved first. Follows what is saved in this window. */
export function useSavedGraphs(search: string) {
  const client = useQueryClient();
  const stamp = useEditor(({ tabs }) => tabs.map(({ saved }) => saved && `${saved.id}:${saved.revision}`).join());
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ["graphs"] });
  }, [client, stamp]);
  return useQuery({
    queryKey: ["graphs", "list", search],
    queryFn: () => unwrap(api.GET("/api/graphs", { params: { query: { limit: MOST, ...(search && { search }) } } })),
    placeholderData: (before) => before,
  });
}

/** The versions of a saved workflow, newest first; asked for anew each time they are shown, and after each save. */
export function useRevisions(graph: string | null) {
  const revision = useEditor(({ tabs }) => tabs.find(({ saved }) => saved?.id === graph)?.saved?.revision);
  return useQuery({
    queryKey: ["graphs", "revisions", graph, revision],
    queryFn: async () => {
      const path = { graph_id: graph ?? "" };
      return (await unwrap(api.GET("/api/graphs/{graph_id}/revisions", { params: { path } }))).revisions;
    },
    enabled: graph !== null,
    gcTime: 0,
  });
}
