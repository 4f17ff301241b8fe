/** Commands on edges. */
import { patched, without } from "./edit";
import { withNode } from "./edit-nodes";
import { edgeById, edgeId } from "./lookup";
import type { Command, Doc, GraphEdge, GraphNode, Point } from "./types";

/** Connects an output to an input. An input that does not take `many` edges loses the one it had. */
export function connect(edge: GraphEdge, { many }: { readonly many: boolean }): Command {
  return {
    name: `connect ${edge.source} → ${edge.target}`,
    apply: (doc) => (edge.source === edge.target ? doc : patched(doc, { edges: connected(doc.edges, edge, many) })),
  };
}

export function disconnect(edgeIds: readonly string[]): Command {
  const gone = new Set(edgeIds);
  const only = edgeIds.length === 1 ? edgeIds[0] : undefined;
  return {
    name: only === undefined ? `disconnect ${edgeIds.length} edges` : `disconnect ${between(only)}`,
    apply: (doc) => patched(doc, { edges: without(doc.edges, (edge) => gone.has(edgeId(edge))) }),
  };
}

/** Leads an edge through `points`; none lets it go straight again. */
export function setPoints(id: string, points: readonly Point[]): Command {
  return {
    name: `route ${between(id)}`,
    apply: (doc) => {
      const edge = edgeById(doc, id);
      if (!edge) return doc;
      const { points: before = [], ...rest } = edge;
      if (samePoints(before, points)) return doc;
      const routed = points.length > 0 ? { ...rest, points } : rest;
      return { ...doc, edges: doc.edges.map((each) => (each === edge ? routed : each)) };
    },
  };
}

/** Puts `node` between the ends of an edge; its second half keeps the edge's place in the order. */
export function insertOnEdge(id: string, node: GraphNode, inputName: string, outputName: string): Command {
  return {
    name: `insert ${node.title ?? node.id}`,
    apply: (before) => {
      const edge = edgeById(before, id);
      if (!edge) return before;
      const { doc, id: middle } = withNode(before, node);
      return split(doc, edge, middle, inputName, outputName);
    },
  };
}

/** Moves a node that has no edges yet to `position`, between the ends of an edge. */
export function moveOntoEdge(
  id: string,
  node: string,
  position: Point,
  inputName: string,
  outputName: string,
): Command {
  return {
    name: `insert ${node}`,
    apply: (doc) => {
      const edge = edgeById(doc, id);
      const known = doc.nodes.some((each) => each.id === node);
      const loose = doc.edges.every(({ source, target }) => source !== node && target !== node);
      if (!edge || !known || !loose) return doc;
      const nodes = doc.nodes.map((each) => (each.id === node ? { ...each, position } : each));
      return split({ ...doc, nodes }, edge, node, inputName, outputName);
    },
  };
}

function split(doc: Doc, edge: GraphEdge, middle: string, inputName: string, outputName: string): Doc {
  const { source, sourceHandle, target, targetHandle } = edge;
  const first = { source, sourceHandle, target: middle, targetHandle: inputName };
  const second = { source: middle, sourceHandle: outputName, target, targetHandle };
  return { ...doc, edges: doc.edges.flatMap((each) => (each === edge ? [first, second] : [each])) };
}

function connected(edges: Doc["edges"], edge: GraphEdge, many: boolean): Doc["edges"] {
  const rival = (each: GraphEdge): boolean =>
    many ? edgeId(each) === edgeId(edge) : each.target === edge.target && each.targetHandle === edge.targetHandle;
  const rivals = edges.filter(rival);
  const [first] = rivals;
  if (!first) return [...edges, edge];
  const same = rivals.find((each) => edgeId(each) === edgeId(edge));
  if (same && rivals.length === 1) return edges;
  return edges.flatMap((each) => (each === first ? [same ?? edge] : rival(each) ? [] : [each]));
}

/** `denoise → decode`, out of an edge's id. */
function between(id: string): string {
  const ends = /^([^.]*)\..*->([^.]*)\./.exec(id);
  return ends ? `${ends[1]} → ${ends[2]}` : id;
}

function samePoints(one: readonly Point[], other: readonly Point[]): boolean {
  return (
    one.length === other.length &&
    one.every((point, index) => point.x === other[index]?.x && point.y === other[index]?.y)
  );
}
