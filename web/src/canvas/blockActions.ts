/** What keys and menus do with nodes that run blocks. */
import { isBlockNode } from "@/graph/blocks";
import { nodeById } from "@/graph/document";
import { collapseNodes, expandNode } from "@/store/blocks";
import { catalogue } from "@/store/catalogue";
import { activeTab } from "@/store/editor";
import { toast } from "@/store/toasts";
import { openDialog } from "@/store/ui";
import { text } from "@/strings";
import { selectedNodes } from "./actions";
import { nodeTitle } from "./titles";

const words = text.canvas.blocks.failed;

/** The selected nodes that run blocks. */
export function selectedBlocks(): readonly string[] {
  const { doc } = activeTab();
  return selectedNodes().filter((id) => isBlockNode(nodeById(doc, id)));
}

export async function expandSelected(): Promise<void> {
  const [id, ...others] = selectedBlocks();
  const node = id === undefined ? undefined : nodeById(activeTab().doc, id);
  if (node === undefined || others.length > 0) return void toast({ kind: "info", title: words.chooseOne });
  await expandNode(node.id, nodeTitle(node, catalogue().byType.get(node.type)));
}

export async function collapseSelected(): Promise<void> {
  const ids = selectedBlocks();
  if (ids.length < 2) return void toast({ kind: "info", title: words.chooseBlocks });
  await collapseNodes(ids);
}

export function openInsert(nodeId: string): void {
  openDialog({ kind: "insert", nodeId });
}

export function openPublish(nodes: readonly string[]): void {
  openDialog({ kind: "publish", nodes });
}
