/** Whether two documents mean the same to the server: it does not read positions, titles, groups or notes. */
import type { Doc, GraphEdge, GraphNode } from "@/graph/types";

export function sameMeaning(one: Doc, other: Doc): boolean {
  if (one === other) return true;
  return one.lock === other.lock && same(one.nodes, other.nodes, sameNode) && same(one.edges, other.edges, sameEdge);
}

/** Whether two documents differ in nothing but the view of them. */
export function sameContent(one: Doc, other: Doc): boolean {
  return (
    one.name === other.name &&
    one.nodes === other.nodes &&
    one.edges === other.edges &&
    one.groups === other.groups &&
    one.notes === other.notes &&
    one.lock === other.lock &&
    one.viewExtra === other.viewExtra
  );
}

/** Compares params by identity: commands keep what they do not change. */
function sameNode(one: GraphNode, other: GraphNode): boolean {
  return one.id === other.id && one.type === other.type && one.params === other.params && one.mode === other.mode;
}

function sameEdge(one: GraphEdge, other: GraphEdge): boolean {
  return (
    one.source === other.source &&
    one.target === other.target &&
    one.sourceHandle === other.sourceHandle &&
    one.targetHandle === other.targetHandle
  );
}

function same<T>(one: readonly T[], other: readonly T[], equal: (one: T, other: T) => boolean): boolean {
  if (one === other) return true;
  return (
    one.length === other.length &&
    one.every((item, index) => {
      const match = other[index];
      return match !== undefined && (item === match || equal(item, match));
    })
  );
}
