/** Which node between two ports that do not fit would make them fit. The server is asked what ports a stage would have. */
import { api, ApiError, unwrap } from "@/api/client";
import type { CompileResult, NodePorts } from "@/api/types";
import { saveDoc } from "@/graph/document";
import type { PaletteEntry } from "@/graph/search";
import type { Doc, GraphEdge, GraphNode } from "@/graph/types";
import { catalogue } from "@/store/catalogue";
import { nodePorts, type Tab } from "@/store/editor";
import { converter, type Converter } from "./connecting";
import { pipelineEdge } from "./pipelines";
import { presetOf } from "./titles";

export interface Misfit {
  readonly given: string;
  readonly wanted: string;
  /** The nodes at both ends; what is inserted works with the pipeline that one of them works with. */
  readonly ends: readonly string[];
}

/** A node that converts; null if there is none. Those in the graph already are known; stages of its pipeline are asked for. */
export async function findHelper(tab: Tab, { given, wanted, ends }: Misfit): Promise<Converter | null> {
  const known = converter(knownEntries(tab), given, wanted);
  if (known !== null) return known;
  const trial = tryOut(tab, ends);
  if (trial.entries.size === 0) return null;
  const answer = await compile(trial.doc);
  const found = [...trial.entries].map(([id, entry]) => withPorts(entry, answer?.nodes[id]));
  return converter(found, given, wanted);
}

/** The entries of the catalogue; presets that are in the graph, with the ports that they have there. */
function knownEntries(tab: Tab): readonly PaletteEntry[] {
  const { entries, byType } = catalogue();
  const used = new Map(
    tab.doc.nodes.map((node) => [`${node.type}/${presetOf(node, byType.get(node.type))?.title}`, node.id]),
  );
  return entries.map((entry) => withPorts(entry, nodePorts(tab, used.get(entry.id) ?? "")));
}

function withPorts(entry: PaletteEntry, ports: NodePorts | undefined): PaletteEntry {
  const { inputs, outputs } = ports ?? {};
  return inputs && outputs ? { ...entry, inputs, outputs } : entry;
}

/** The graph with one node more for each stage that could work with the pipeline of `ends`; their entries by id. */
function tryOut(tab: Tab, ends: readonly string[]): { doc: Doc; entries: ReadonlyMap<string, PaletteEntry> } {
  const entries = new Map<string, PaletteEntry>();
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const stages = catalogue().entries.filter(({ dynamic, params }) => dynamic && Object.keys(params).length > 0);
  for (const [index, entry] of stages.entries()) {
    const { type, params } = entry;
    const node = { id: `try-${index}`, type, params, position: { x: 0, y: 0 } };
    const feed = ends.map((end) => pipelineEdge(tab, end, node)).find((edge) => edge !== null);
    if (!feed) continue;
    entries.set(node.id, entry);
    nodes.push(node);
    edges.push(feed);
  }
  return { doc: { ...tab.doc, nodes: [...tab.doc.nodes, ...nodes], edges: [...tab.doc.edges, ...edges] }, entries };
}

async function compile(doc: Doc): Promise<CompileResult | null> {
  try {
    return await unwrap(api.POST("/api/compile", { body: saveDoc(doc), params: { query: { settle: true } } }));
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}
