/** Commands on nodes. */
import type { JsonValue } from "@/api/types";
import { changed, count, patched } from "./edit";
import { idMaker } from "./ids";
import { jsonEqual } from "./json";
import type { Command, Doc, GraphNode, Mode } from "./types";

/** Adds a node; one whose id is taken gets a fresh one. */
export function addNode(node: GraphNode): Command {
  return { name: `add ${node.title ?? node.id}`, apply: (doc) => withNode(doc, node).doc };
}

/** `undefined` takes the value away, so that the default counts again. `label`: the param's title, for the undo menu. */
export function setParam(nodeId: string, name: string, value: JsonValue | undefined, label?: string): Command {
  return {
    // A reset is a step of its own, however soon after a change.
    ...(value === undefined
      ? { name: `reset ${label ?? words(name)}` }
      : { name: `change ${label ?? words(name)}`, merge: `param ${nodeId}.${name}` }),
    apply: changing([nodeId], (node) => {
      const before = Object.hasOwn(node.params, name) ? node.params[name] : undefined;
      if (jsonEqual(before, value)) return node;
      const params = value === undefined ? removed(node.params, name) : { ...node.params, [name]: value };
      return { ...node, params };
    }),
  };
}

/** `null` lets the nodes run again. */
export function setMode(ids: readonly string[], mode: Mode | null): Command {
  const verb = { bypassed: "bypass", muted: "mute", none: "enable" }[mode ?? "none"];
  return {
    name: `${verb} ${count(ids, "node")}`,
    apply: changing(ids, (node) => {
      const { mode: before, ...rest } = node;
      if (before === (mode ?? undefined)) return node;
      return mode ? { ...rest, mode } : rest;
    }),
  };
}

/** An empty title brings back the one of the type. */
export function renameNode(id: string, title: string): Command {
  const wanted = title.trim() || undefined;
  return {
    name: wanted ? `rename ${id} to “${wanted}”` : `take the title of ${id} away`,
    merge: `title ${id}`,
    apply: changing([id], (node) => {
      const { title: before, ...rest } = node;
      if (before === wanted) return node;
      return wanted ? { ...rest, title: wanted } : rest;
    }),
  };
}

/** `undefined` brings back the usual width. */
export function resizeNode(id: string, width: number | undefined): Command {
  return {
    name: `resize ${id}`,
    merge: `width ${id}`,
    apply: changing([id], (node) => {
      const { width: before, ...rest } = node;
      if (before === width) return node;
      return width === undefined ? rest : { ...rest, width };
    }),
  };
}

export function setCollapsed(ids: readonly string[], collapsed: boolean): Command {
  return {
    name: `${collapsed ? "fold" : "unfold"} ${count(ids, "node")}`,
    apply: changing(ids, (node) => {
      const { collapsed: before = false, ...rest } = node;
      if (before === collapsed) return node;
      return collapsed ? { ...rest, collapsed } : rest;
    }),
  };
}

/** Shows or folds the advanced ports of a node. */
export function setAdvanced(id: string, advanced: boolean): Command {
  return {
    name: `${advanced ? "show" : "hide"} advanced ports of ${id}`,
    apply: changing([id], (node) => {
      const { advanced: before = false, ...rest } = node;
      if (before === advanced) return node;
      return advanced ? { ...rest, advanced } : rest;
    }),
  };
}

/** Changes a field that only the canvas reads and that has no name of its own in `GraphNode`. */
export function setExtra(doc: Doc, id: string, name: string, value: JsonValue | undefined): Doc {
  return changing([id], (node) => {
    const { extra = {}, ...rest } = node;
    if (jsonEqual(Object.hasOwn(extra, name) ? extra[name] : undefined, value)) return node;
    const next = value === undefined ? removed(extra, name) : { ...extra, [name]: value };
    return Object.keys(next).length > 0 ? { ...rest, extra: next } : rest;
  })(doc);
}

/** `doc` with one more node, and the id that it got. */
export function withNode(doc: Doc, node: GraphNode): { doc: Doc; id: string } {
  const id = idMaker(doc)(node.id);
  return { doc: { ...doc, nodes: [...doc.nodes, id === node.id ? node : { ...node, id }] }, id };
}

function changing(ids: readonly string[], change: (node: GraphNode) => GraphNode): (doc: Doc) => Doc {
  const chosen = new Set(ids);
  return (doc) => patched(doc, { nodes: changed(doc.nodes, chosen, change) });
}

function removed(record: Readonly<Record<string, JsonValue>>, name: string): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}

function words(name: string): string {
  return name.replaceAll("_", " ");
}
