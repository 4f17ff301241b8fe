/** What differs between two versions of a workflow: its nodes by id, its edges by their ends. */
import type { JsonValue } from "@/api/types";
import { edgeId, nodeById } from "@/graph/document";
import type { Doc, GraphNode } from "@/graph/types";

/** Undefined is the default. */
interface ParamDifference {
  readonly name: string;
  readonly mine: JsonValue | undefined;
  readonly theirs: JsonValue | undefined;
}

/** `params`: those that differ; empty if something else does, such as type, title or mode. */
export type NodeDifference =
  | { readonly kind: "mine" | "theirs"; readonly node: GraphNode }
  | { readonly kind: "changed"; readonly node: GraphNode; readonly params: readonly ParamDifference[] };

export interface Differences {
  readonly nodes: readonly NodeDifference[];
  /** How many edges only one side has. */
  readonly edges: { readonly mine: number; readonly theirs: number };
}

export function differences(mine: Doc, theirs: Doc): Differences {
  const nodes = [
    ...mine.nodes.flatMap((node) => difference(node, nodeById(theirs, node.id))),
    ...theirs.nodes.filter(({ id }) => !nodeById(mine, id)).map((node) => ({ kind: "theirs" as const, node })),
  ];
  return { nodes, edges: { mine: edgesMissing(mine, theirs), theirs: edgesMissing(theirs, mine) } };
}

function difference(node: GraphNode, other: GraphNode | undefined): readonly NodeDifference[] {
  if (other === undefined) return [{ kind: "mine", node }];
  const names = new Set([...Object.keys(node.params), ...Object.keys(other.params)]);
  const params = [...names]
    .map((name) => ({ name, mine: node.params[name], theirs: other.params[name] }))
    .filter(({ mine, theirs }) => !sameJson(mine, theirs));
  const same =
    params.length === 0 && node.type === other.type && node.title === other.title && node.mode === other.mode;
  return same ? [] : [{ kind: "changed", node, params }];
}

/** How many edges of `doc` are not in `other`. */
function edgesMissing(doc: Doc, other: Doc): number {
  const there = new Set(other.edges.map(edgeId));
  return doc.edges.filter((edge) => !there.has(edgeId(edge))).length;
}

function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
