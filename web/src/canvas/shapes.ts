/** Nodes seen from afar: all of one colour as one shape, as thousands of elements would cost too much. */
import { catalogue } from "@/store/catalogue";
import type { FlowNode } from "./flowTypes";
import { categoryColour, tintColour } from "./tints";

export interface Shape {
  readonly key: string;
  readonly type: FlowNode["type"];
  readonly tint: string;
  path: string;
}

/** px; far wires and shapes are joined within squares of this side, so that those out of sight cost nothing. */
export const SQUARE = 3000;
/** How far corners are rounded: by the line around the shape, whose corners are round. */
const ROUND = 10;

export function joinedNodes(nodes: readonly FlowNode[], square = SQUARE): readonly Shape[] {
  const shapes = new Map<string, Shape>();
  for (const node of nodes) {
    const { type, position, width = 0, height = 0 } = node;
    const tint = tintOf(node);
    const key = `${type} ${tint} ${Math.floor(position.x / square)} ${Math.floor(position.y / square)}`;
    let shape = shapes.get(key);
    if (shape === undefined) shapes.set(key, (shape = { key, type, tint, path: "" }));
    const [across, down] = [width - 2 * ROUND, height - 2 * ROUND];
    shape.path += `M${position.x + ROUND},${position.y + ROUND}h${across}v${down}h${-across}z`;
  }
  return [...shapes.values()];
}

function tintOf(node: FlowNode): string {
  switch (node.type) {
    case "block":
      return categoryColour(catalogue().byType.get(node.data.node.type)?.category);
    case "group":
      return tintColour(node.data.group.tint);
    case "note":
      return tintColour(node.data.note.tint);
  }
}
