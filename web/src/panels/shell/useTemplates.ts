/** The templates that come with the server, with their graphs. */
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { loadDoc } from "@/graph/document";

/** They never change while the server runs. */
const FOREVER = { staleTime: Infinity, gcTime: Infinity };

const ONE_NODE = /_one_node$/;

/** In the order of the gallery: the staged graphs first, text to image at their head. */
export function useTemplates() {
  return useQuery({
    queryKey: ["templates"],
    queryFn: async () => (await unwrap(api.GET("/api/templates"))).templates,
    select: (templates) => [...templates].sort((a, b) => rank(a.name) - rank(b.name)),
    ...FOREVER,
  });
}

export function useTemplateGraph(name: string) {
  return useQuery({
    queryKey: ["templates", name],
    queryFn: async () => loadDoc(await unwrap(api.GET("/api/templates/{name}", { params: { path: { name } } }))),
    ...FOREVER,
  });
}

function rank(name: string): number {
  return (ONE_NODE.test(name) ? 10 : 0) + (name.startsWith("text") ? 0 : 1);
}
