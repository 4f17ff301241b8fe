/** What a node is called: as a person named it, else as its preset or its type. */
import type { NodeType } from "@/api/types";
import type { GraphNode } from "@/graph/types";

export function nodeTitle(node: GraphNode, type: NodeType | undefined): string {
  return node.title ?? presetTitle(node, type) ?? type?.title ?? node.type;
}

function presetTitle(node: GraphNode, type: NodeType | undefined): string | undefined {
  let best: { title: string; size: number } | undefined;
  for (const { title, params = {} } of type?.presets ?? []) {
    const wanted = Object.entries(params);
    const fits = wanted.every(([name, value]) => JSON.stringify(node.params[name]) === JSON.stringify(value));
    if (fits && wanted.length > (best?.size ?? 0)) best = { title, size: wanted.length };
  }
  return best?.title;
}
