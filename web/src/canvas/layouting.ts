/** Where things are on the canvas: sizes, the place under the pointer, and what lies around the selection. */
import type { ReactFlowInstance } from "@xyflow/react";
import type { Doc, Point, Size } from "@/graph/types";
import type { FlowNode, WireEdge } from "./flowTypes";

export type Flow = ReactFlowInstance<FlowNode, WireEdge>;

export interface Box extends Point, Size {}

/** The sizes of all nodes, groups and notes as they are drawn. */
export function sizesOf(flow: Flow): Map<string, Size> {
  return new Map(flow.getNodes().map(({ id, width = 0, height = 0 }) => [id, { width, height }]));
}

/** The smallest box around items; null around nothing. */
export function boundsOf(flow: Flow, ids: ReadonlySet<string>): Box | null {
  const nodes = flow.getNodes().filter(({ id }) => ids.has(id));
  if (nodes.length === 0) return null;
  const left = Math.min(...nodes.map(({ position }) => position.x));
  const top = Math.min(...nodes.map(({ position }) => position.y));
  const right = Math.max(...nodes.map(({ position, width = 0 }) => position.x + width));
  const bottom = Math.max(...nodes.map(({ position, height = 0 }) => position.y + height));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The items whose centre lies in a group: they move with it. */
export function membersOf(doc: Doc, groupId: string, sizes: ReadonlyMap<string, Size>): readonly string[] {
  const group = doc.groups.find(({ id }) => id === groupId);
  if (group === undefined) return [];
  const isInside = (id: string, at: Point): boolean => {
    const { width, height } = sizes.get(id) ?? { width: 0, height: 0 };
    const x = at.x + width / 2 - group.x;
    const y = at.y + height / 2 - group.y;
    return x >= 0 && x <= group.width && y >= 0 && y <= group.height;
  };
  const smaller = doc.groups.filter(
    (other) => other.id !== groupId && other.width * other.height < group.width * group.height,
  );
  return [
    ...doc.nodes.filter((node) => isInside(node.id, node.position)),
    ...doc.notes.filter((note) => isInside(note.id, note)),
    ...smaller.filter((other) => isInside(other.id, other)),
  ].map(({ id }) => id);
}

/** Where an edge begins or ends. */
export function handleAt(flow: Flow, nodeId: string, handle: string, side: "source" | "target"): Point | null {
  const node = flow.getNode(nodeId);
  const found = node?.handles?.find(({ id, type }) => id === handle && type === side);
  return node && found ? { x: node.position.x + found.x, y: node.position.y + found.y } : null;
}
