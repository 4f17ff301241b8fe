/** What a node of the active tab is called; undefined if the graph does not have it. */
import { nodeById } from "@/graph/document";
import { useCatalogue } from "@/store/catalogue";
import { useTab } from "@/store/editor";
import { nodeTitle } from "./titles";

/** A text, so that whoever shows it is not drawn again while the node is dragged. */
export function useNodeTitle(id: string | null): string | undefined {
  const { byType } = useCatalogue();
  return useTab((tab) => {
    const node = id === null ? undefined : nodeById(tab.doc, id);
    return node && nodeTitle(node, byType.get(node.type));
  });
}
