/** Nodes and edges by id, found in constant time: each list is indexed once and remembered for as long as it lives. */
import type { Doc, GraphEdge, GraphNode } from "./types";

interface EdgeIndex {
  readonly byId: ReadonlyMap<string, GraphEdge>;
  readonly into: ReadonlyMap<string, readonly GraphEdge[]>;
  readonly from: ReadonlyMap<string, readonly GraphEdge[]>;
}

const nodeIndexes = new WeakMap<readonly GraphNode[], ReadonlyMap<string, GraphNode>>();
const edgeIndexes = new WeakMap<readonly GraphEdge[], EdgeIndex>();
const NONE: readonly GraphEdge[] = [];

/** The same for two edges between the same ports. */
export function edgeId(edge: GraphEdge): string {
  return `${edge.source}.${edge.sourceHandle}->${edge.target}.${edge.targetHandle}`;
}

export function nodeById(doc: Doc, id: string): GraphNode | undefined {
  let index = nodeIndexes.get(doc.nodes);
  if (!index) {
    index = new Map(doc.nodes.map((node) => [node.id, node]));
    nodeIndexes.set(doc.nodes, index);
  }
  return index.get(id);
}

export function edgeById(doc: Doc, id: string): GraphEdge | undefined {
  return indexed(doc.edges).byId.get(id);
}

/** The edges that end in a node, in document order. */
export function edgesInto(doc: Doc, nodeId: string): readonly GraphEdge[] {
  return indexed(doc.edges).into.get(nodeId) ?? NONE;
}

/** The edges that start in a node, in document order. */
export function edgesFrom(doc: Doc, nodeId: string): readonly GraphEdge[] {
  return indexed(doc.edges).from.get(nodeId) ?? NONE;
}

/** Whether `edge` would let nodes wait for each other. */
export function wouldCycle(doc: Doc, edge: GraphEdge): boolean {
  const waiting = [edge.target];
  const seen = new Set(waiting);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === edge.source) return true;
    for (const { target } of edgesFrom(doc, id)) {
      if (!seen.has(target)) {
        seen.add(target);
        waiting.push(target);
      }
    }
  }
  return false;
}

function indexed(edges: readonly GraphEdge[]): EdgeIndex {
  const found = edgeIndexes.get(edges);
  if (found) return found;
  const index = {
    byId: new Map(edges.map((edge) => [edgeId(edge), edge])),
    into: grouped(edges, (edge) => edge.target),
    from: grouped(edges, (edge) => edge.source),
  };
  edgeIndexes.set(edges, index);
  return index;
}

function grouped(edges: readonly GraphEdge[], key: (edge: GraphEdge) => string): Map<string, readonly GraphEdge[]> {
  const groups = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const group = groups.get(key(edge));
    if (group) group.push(edge);
    else groups.set(key(edge), [edge]);
  }
  return groups;
}
