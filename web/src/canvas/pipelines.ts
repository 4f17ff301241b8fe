/** Which pipeline a new block works with: the one that the nodes around it use. */
import { edgesInto } from "@/graph/document";
import type { GraphEdge, GraphNode } from "@/graph/types";
import { catalogue } from "@/store/catalogue";
import { nodePorts, type Tab } from "@/store/editor";

const PIPELINE = "pipeline";

interface Source {
  readonly node: string;
  readonly output: string;
}

/** The edge without which a new node next to `near` has no other ports; null if it needs none, or none can be told. */
export function pipelineEdge(tab: Tab, near: string, node: GraphNode): GraphEdge | null {
  const type = catalogue().byType.get(node.type);
  const input = type?.dynamic === true && type.interface?.inputs?.find((port) => port.type === PIPELINE);
  const source = input ? (upstream(tab, near) ?? onlyOne(tab)) : null;
  if (!input || source === null) return null;
  return { source: source.node, sourceHandle: source.output, target: node.id, targetHandle: input.name };
}

/** The nearest pipeline that a node gets its values from. */
function upstream(tab: Tab, near: string): Source | null {
  const waiting = new Set([near]);
  for (const id of waiting) {
    const found = pipelineOf(tab, id);
    if (found !== null) return found;
    for (const { source } of edgesInto(tab.doc, id)) waiting.add(source);
  }
  return null;
}

function onlyOne(tab: Tab): Source | null {
  const found = tab.doc.nodes.flatMap(({ id }) => pipelineOf(tab, id) ?? []);
  return found.length === 1 ? (found[0] ?? null) : null;
}

function pipelineOf(tab: Tab, id: string): Source | null {
  const port = nodePorts(tab, id)?.outputs?.find(({ type }) => type === PIPELINE);
  return port === undefined ? null : { node: id, output: port.name };
}
