/** Parts of a graph as they are saved: fields in a fixed order, defaults left out. */
import { isObject, type JsonObject } from "./json";
import type { GraphDocument } from "@/api/types";
import type { GraphEdge, GraphNode, Group, Note, Point } from "./types";

type SavedNode = NonNullable<GraphDocument["nodes"]>[number];
type SavedEdge = NonNullable<GraphDocument["edges"]>[number];

export function writeNode(node: GraphNode): SavedNode {
  const { position: elsewhere, ...extra } = node.extra ?? {};
  const { x, y } = node.position;
  const placed = x !== 0 || y !== 0 || elsewhere !== undefined;
  return {
    id: node.id,
    type: node.type,
    ...(Object.keys(node.params).length > 0 && { params: node.params }),
    ...(node.mode && { mode: node.mode }),
    ...(placed && { position: { x, y, ...(isObject(elsewhere) && elsewhere) } }),
    ...extra,
    ...(node.title && { title: node.title }),
    ...(node.width !== undefined && { width: node.width }),
    ...(node.collapsed && { collapsed: true }),
    ...(node.advanced && { advanced: true }),
  };
}

export function writeEdge(edge: GraphEdge): SavedEdge {
  return {
    source: edge.source,
    sourceHandle: edge.sourceHandle,
    target: edge.target,
    targetHandle: edge.targetHandle,
    ...edge.extra,
    ...(edge.points && edge.points.length > 0 && { points: edge.points.map(writePoint) }),
  };
}

export function writeGroup({ id, title, tint, x, y, width, height, extra }: Group): JsonObject {
  return { id, title, tint, x, y, width, height, ...extra };
}

export function writeNote({ id, text, tint, x, y, width, height, extra }: Note): JsonObject {
  return { id, text, tint, x, y, width, height, ...extra };
}

function writePoint({ x, y }: Point): JsonObject {
  return { x, y };
}
