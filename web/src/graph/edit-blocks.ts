/** Edits that the server worked out, as where one node becomes several: applied as they are, as one step. */
import type { JsonValue } from "@/api/types";
import { without } from "./edit";
import { moveItems } from "./edit-items";
import { isObject } from "./json";
import { edgeId } from "./lookup";
import { readEdge, readNode } from "./read";
import type { Command, Doc, GraphEdge, GraphNode, Point } from "./types";

/** What is to be changed in a graph; the items are those of a graph document. */
export interface Replacement {
  readonly removeNodes: readonly string[];
  readonly addNodes: readonly GraphNode[];
  readonly removeEdges: readonly GraphEdge[];
  readonly addEdges: readonly GraphEdge[];
}

/** Reads an edit out of an answer. Raises DocumentError if it holds what is no node or edge. */
export function readReplacement({
  remove_nodes: removeNodes = [],
  add_nodes = [],
  remove_edges = [],
  add_edges = [],
}: {
  readonly remove_nodes?: readonly string[];
  readonly add_nodes?: readonly unknown[];
  readonly remove_edges?: readonly unknown[];
  readonly add_edges?: readonly unknown[];
}): Replacement {
  return {
    removeNodes,
    addNodes: add_nodes.map((node, index) => readNode(plain(node), index)),
    removeEdges: remove_edges.map((edge, index) => readEdge(plain(edge), index)),
    addEdges: add_edges.map((edge, index) => readEdge(plain(edge), index)),
  };
}

/**
 * Puts new nodes in the place of old ones: where the first of these stood in the document. An edge into an input that
 * lost one takes its place, since several edges into an input come in their order. What lies to the right makes room
 * for nodes that reach further than those they replace.
 */
export function replaceNodes(replacement: Replacement, name: string): Command {
  return { name, apply: (doc) => withRoom(replaced(doc, replacement), doc, replacement) };
}

function withRoom(doc: Doc, before: Doc, { removeNodes, addNodes }: Replacement): Doc {
  const gone = new Set(removeNodes);
  const added = new Set(addNodes.map(({ id }) => id));
  const edge = Math.max(...before.nodes.filter(({ id }) => gone.has(id)).map(({ position }) => position.x));
  const shift = Math.max(...addNodes.map(({ position }) => position.x)) - edge;
  if (!Number.isFinite(shift) || shift <= 0) return doc;
  const isRight = (id: string, { x }: Point) => !added.has(id) && x > edge;
  const ids = [
    ...doc.nodes.map(({ id, position }) => ({ id, position })),
    ...[...doc.groups, ...doc.notes].map(({ id, x, y }) => ({ id, position: { x, y } })),
  ].filter(({ id, position }) => isRight(id, position));
  return moveItems(
    Object.fromEntries(ids.map(({ id, position }) => [id, { ...position, x: position.x + shift }])),
  ).apply(doc);
}

function replaced(doc: Doc, { removeNodes, addNodes, removeEdges, addEdges }: Replacement): Doc {
  const gone = new Set(removeNodes);
  const goneEdges = new Set(removeEdges.map(edgeId));
  const first = doc.nodes.findIndex(({ id }) => gone.has(id));
  const at = first < 0 ? doc.nodes.length : first;
  const nodes = without(doc.nodes, ({ id }) => gone.has(id)).toSpliced(at, 0, ...addNodes);
  const isGone = (edge: GraphEdge) => goneEdges.has(edgeId(edge)) || gone.has(edge.source) || gone.has(edge.target);
  const waiting = new Map(addEdges.map((edge) => [edgeId(edge), edge]));
  for (const edge of doc.edges) if (!isGone(edge)) waiting.delete(edgeId(edge));
  const edges = doc.edges.flatMap((edge) => {
    if (!isGone(edge)) return [edge];
    const heir = [...waiting.values()].find((added) => endOf(added) === endOf(edge));
    if (heir === undefined) return [];
    waiting.delete(edgeId(heir));
    return [heir];
  });
  return { ...doc, nodes, edges: [...edges, ...waiting.values()] };
}

function endOf({ target, targetHandle }: GraphEdge): string {
  return `${target}.${targetHandle}`;
}

/** JSON's null stands for a field that is not there, as the server writes a node without a mode. */
function plain(item: unknown): JsonValue {
  if (!isObject(item as JsonValue)) return null;
  return Object.fromEntries(Object.entries(item as Record<string, JsonValue>).filter(([, value]) => value !== null));
}
