/** What a node is called: as a person named it, else as its own blocks, its preset or its type. */
import type { NodeType, Preset } from "@/api/types";
import { blocksName } from "@/graph/blocks";
import type { GraphNode } from "@/graph/types";

export function nodeTitle(node: GraphNode, type: NodeType | undefined): string {
  return (
    node.title ??
    blocksName(node, (block) => stageTitle(type, block)) ??
    presetOf(node, type)?.title ??
    type?.title ??
    node.type
  );
}

/** The title of the preset that is a stage and nothing else. */
function stageTitle(type: NodeType | undefined, block: string): string | undefined {
  return type?.presets?.find(({ params = {} }) => JSON.stringify(params) === JSON.stringify({ block }))?.title;
}

/** The preset whose values the node has; of several the one with most values. */
export function presetOf(node: GraphNode, type: NodeType | undefined): Preset | undefined {
  const fitting = (type?.presets ?? []).filter(({ params = {} }) =>
    Object.entries(params).every(([name, value]) => JSON.stringify(node.params[name]) === JSON.stringify(value)),
  );
  const size = ({ params = {} }: Preset) => Object.keys(params).length;
  return fitting.filter((preset) => size(preset) > 0).sort((one, other) => size(other) - size(one))[0];
}
