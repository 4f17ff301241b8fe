/** Parts of a graph as they are copied: nodes, the edges between them, groups and notes. */
import { loadDoc, saveDoc } from "./document";
import { DocumentError } from "./errors";
import { isJson, isObject } from "./json";
import type { Doc, GraphEdge, GraphNode, Group, Note, Point } from "./types";

export interface Fragment {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly groups: readonly Group[];
  readonly notes: readonly Note[];
}

const MARKER = "fragment/1";

/** The nodes, groups and notes of `ids`, with the edges whose both ends are among them. Other ids are ignored. */
export function copyFragment(doc: Doc, ids: Iterable<string>): Fragment {
  const chosen = new Set(ids);
  const nodes = doc.nodes.filter(({ id }) => chosen.has(id));
  const inside = new Set(nodes.map(({ id }) => id));
  return {
    nodes,
    edges: doc.edges.filter(({ source, target }) => inside.has(source) && inside.has(target)),
    groups: doc.groups.filter(({ id }) => chosen.has(id)),
    notes: doc.notes.filter(({ id }) => chosen.has(id)),
  };
}

/** As text for the clipboard: a graph document with a marker in place of the format. */
export function serialiseFragment(fragment: Fragment): string {
  const { nodes, edges, view } = saveDoc({ ...fragment, name: "", viewport: null, lock: {}, viewExtra: {} });
  return JSON.stringify({ blockloom: MARKER, nodes, edges, ...(view && { view }) }, null, 2);
}

/** What is in a clipboard's text: a fragment, or a whole graph document; null for anything else. */
export function parseFragment(text: string): Fragment | null {
  if (!text.trimStart().startsWith("{")) return null;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isJson(json) || !isObject(json)) return null;
  const { blockloom, ...parts } = json;
  if (blockloom !== undefined && blockloom !== MARKER) return null;
  try {
    return fragmentOf(loadDoc(blockloom === MARKER ? { format: "blockloom/1", ...parts } : json));
  } catch (error) {
    if (error instanceof DocumentError) return null;
    throw error;
  }
}

/** A whole graph as a fragment, without edges that lead nowhere. */
export function fragmentOf(doc: Doc): Fragment {
  return copyFragment(
    doc,
    [...doc.nodes, ...doc.groups, ...doc.notes].map(({ id }) => id),
  );
}

/** The top left corner of all that is in a fragment. */
export function fragmentOrigin({ nodes, groups, notes }: Fragment): Point {
  const corners = [...nodes.map(({ position }) => position), ...groups, ...notes];
  if (corners.length === 0) return { x: 0, y: 0 };
  return {
    x: corners.reduce((least, { x }) => Math.min(least, x), Infinity),
    y: corners.reduce((least, { y }) => Math.min(least, y), Infinity),
  };
}
