/** Graph documents (`blockloom/1`) into what the canvas holds, and back. */
import type { GraphDocument, JsonValue } from "@/api/types";
import { DocumentError } from "./errors";
import { foreignKind } from "./foreign";
import { idMaker } from "./ids";
import { flaw, isJson, isList, isObject, type JsonObject, shown } from "./json";
import { jsonFault } from "./json-fault";
import { edgeId } from "./lookup";
import { readEdge, readGroup, readItems, readNode, readNote, readViewport, wrong } from "./read";
import type { Doc, GraphEdge } from "./types";
import { writeEdge, writeGroup, writeNode, writeNote } from "./write";

export { DocumentError } from "./errors";
export { edgeById, edgeId, edgesFrom, edgesInto, nodeById, wouldCycle } from "./lookup";

const FORMAT = "blockloom/1";
const LONGEST_NAME = 200;

export function emptyDoc(name = "Untitled"): Doc {
  return { name, nodes: [], edges: [], groups: [], notes: [], viewport: null, lock: {}, viewExtra: {} };
}

/**
 * The graph in a document. Node types need not be known. Raises DocumentError if it is none.
 *
 * Unknown fields are kept; those of the document itself in `view.kept`, since the format has no place for them. Of
 * nodes with the same id the first keeps it; an edge that is there twice counts once.
 */
export function loadDoc(json: unknown): Doc {
  const { name = "Untitled", nodes = [], edges = [], lock = {}, view = {}, ...rest } = checked(json);
  if (typeof name !== "string") throw wrong("The graph", "name", name, "text");
  if (!isList(nodes)) throw wrong("The graph", "nodes", nodes, "a list");
  if (!isList(edges)) throw wrong("The graph", "edges", edges, "a list");
  if (!isLock(lock)) throw wrong("The graph", "lock", lock, "an object with the commit of each repo");
  if (!isObject(view)) throw wrong("The graph", "view", view, "an object");
  const { viewport, groups, notes, ...viewExtra } = view;
  return withOwnIds({
    name: name.slice(0, LONGEST_NAME),
    nodes: nodes.map(readNode),
    edges: unique(edges.map(readEdge)),
    groups: readItems(groups, readGroup),
    notes: readItems(notes, readNote),
    viewport: readViewport(viewport),
    lock,
    viewExtra: withKept(viewExtra, rest),
  });
}

/** The graph in a JSON text. Raises DocumentError; broken JSON with line and column. */
export function parseDoc(text: string): Doc {
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  let json: unknown;
  try {
    json = JSON.parse(plain);
  } catch {
    throw new DocumentError(`The file is not valid JSON (${jsonFault(plain)}). Mend it there.`);
  }
  return loadDoc(json);
}

/** `doc` as the server keeps it. Loading that gives an equal doc, and saving that the same text. */
export function saveDoc(doc: Doc): GraphDocument {
  const view = {
    ...(doc.viewport && { viewport: { x: doc.viewport.x, y: doc.viewport.y, zoom: doc.viewport.zoom } }),
    ...(doc.groups.length > 0 && { groups: doc.groups.map(writeGroup) }),
    ...(doc.notes.length > 0 && { notes: doc.notes.map(writeNote) }),
    ...doc.viewExtra,
  };
  return {
    format: FORMAT,
    name: doc.name,
    nodes: doc.nodes.map(writeNode),
    edges: doc.edges.map(writeEdge),
    ...(isLock(doc.lock) && !isEmptyLock(doc.lock) && { lock: doc.lock }),
    ...(Object.keys(view).length > 0 && { view }),
  };
}

/** The document without its format, which is the current one. */
function checked(json: unknown): JsonObject {
  if (!isJson(json)) throw new DocumentError(`The graph ${flaw(json) ?? "is not plain data"}.`);
  if (!isObject(json)) throw new DocumentError(`A graph is a JSON object; this is ${shown(json)}.`);
  const { format, ...document } = json;
  if (format === FORMAT) return document;
  const version = typeof format === "string" ? /^blockloom\/([0-9]{1,6})$/.exec(format)?.[1] : undefined;
  if (version !== undefined) {
    throw new DocumentError(
      `The graph has the format blockloom/${version}; this Blockloom reads ${FORMAT}. ` +
        (Number(version) > 1 ? "Update Blockloom, or save the graph again with an older one." : "The file is damaged."),
    );
  }
  const kind = foreignKind(json);
  const found = format === undefined ? "it does not say its format" : `its format is ${shown(format)}`;
  throw new DocumentError(`This file is not a Blockloom graph: ${kind ? `it is ${kind}` : found}.`);
}

function withKept(viewExtra: JsonObject, rest: JsonObject): JsonObject {
  if (Object.keys(rest).length === 0) return viewExtra;
  const before = viewExtra["kept"];
  return { ...viewExtra, kept: { ...(isObject(before) && before), ...rest } };
}

function withOwnIds(doc: Doc): Doc {
  const fresh = idMaker(doc);
  const seen = new Set<string>();
  const own = <T extends { readonly id: string }>(item: T): T => {
    if (seen.has(item.id)) return { ...item, id: fresh(item.id) };
    seen.add(item.id);
    return item;
  };
  return { ...doc, nodes: doc.nodes.map(own), groups: doc.groups.map(own), notes: doc.notes.map(own) };
}

function unique(edges: readonly GraphEdge[]): readonly GraphEdge[] {
  const byId = new Map<string, GraphEdge>();
  for (const edge of edges) if (!byId.has(edgeId(edge))) byId.set(edgeId(edge), edge);
  return byId.size === edges.length ? edges : [...byId.values()];
}

type Lock = NonNullable<GraphDocument["lock"]> & JsonObject;

function isLock(value: JsonValue): value is Lock {
  if (!isObject(value)) return false;
  const { repos = {} } = value;
  return isObject(repos) && Object.values(repos).every((repo) => isObject(repo) && typeof repo["commit"] === "string");
}

function isEmptyLock(lock: Lock): boolean {
  return Object.keys(lock).every((key) => key === "repos") && Object.keys(lock.repos ?? {}).length === 0;
}
