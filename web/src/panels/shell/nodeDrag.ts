/** A node type on its way from the palette to the canvas, as drag and drop data. */
import type { DragEvent } from "react";
import type { JsonValue } from "@/api/types";

const NODE_MIME = "application/x-blockloom-node";

export interface DraggedNode {
  type: string;
  params: Readonly<Record<string, JsonValue>>;
  title?: string;
}

export function dragNode(event: DragEvent, node: DraggedNode): void {
  event.dataTransfer.setData(NODE_MIME, JSON.stringify(node));
  event.dataTransfer.effectAllowed = "copy";
}
