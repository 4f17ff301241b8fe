/** The nodes among what is selected in the active tab. */
import { activeTab } from "@/store/editor";

export function selectedNodes(): readonly string[] {
  const { doc, selection } = activeTab();
  return doc.nodes.map(({ id }) => id).filter((id) => selection.has(id));
}
