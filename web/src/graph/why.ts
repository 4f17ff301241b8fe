/** Why a node was computed again: what differs between two runs, by their graphs and the keys of their nodes. */
import type { JsonValue, Run } from "@/api/types";
import { isJson, jsonEqual } from "./json";

type Graph = NonNullable<Run["graph"]>;
type Node = NonNullable<Graph["nodes"]>[number];
type Edge = NonNullable<Graph["edges"]>[number];

/**
 * `first`: the earlier run did not have the node. `unfinished`: it had it, but has no result of it. `gone`: nothing
 * changed, but the result was no longer there. `beyond`: what changed is not in the graph (the code of the node, a
 * library, a file; or the node never reuses a result).
 */
export type Reason =
  | { readonly kind: "first" | "unfinished" | "gone" | "beyond" }
  | { readonly kind: "type"; readonly before: string; readonly after: string }
  | {
      readonly kind: "param";
      readonly name: string;
      /** `undefined`: the default. */
      readonly before: JsonValue | undefined;
      readonly after: JsonValue | undefined;
    }
  | {
      readonly kind: "input";
      readonly name: string;
      /** `value`: the same output feeds it, which has another value. `source`: another output does. */
      readonly change: "connected" | "disconnected" | "source" | "value";
      /** Where the value comes from now; `node.port`. */
      readonly sources: readonly string[];
    };

const COMPUTED: ReadonlySet<string> = new Set(["running", "succeeded", "failed", "cancelled"]);

/** Why `after` computed a node that `before` may have had too; empty if it did not compute it. Both need their graphs. */
export function whyRan(before: Run | null, after: Run, nodeId: string): Reason[] {
  const run = after.nodes?.[nodeId];
  if (!run || run.cached || !COMPUTED.has(run.state ?? "queued")) return [];
  const [old, now] = [before && new RunGraph(before), new RunGraph(after)];
  const [was, is] = [old?.nodes.get(nodeId), now.nodes.get(nodeId)];
  if (!is) return [];
  if (!old || !was) return [{ kind: "first" }];
  const key = old.key(nodeId);
  if (key === undefined) return [{ kind: "unfinished" }];
  if (key === now.key(nodeId)) return [{ kind: "gone" }];
  const reasons = [...typeReasons(was, is), ...paramReasons(old, now, was, is), ...inputReasons(old, now, nodeId)];
  return reasons.length > 0 ? reasons : [{ kind: "beyond" }];
}

/** A run's graph by id, with its overrides in place. */
class RunGraph {
  readonly nodes: ReadonlyMap<string, Node>;
  private readonly edges = new Map<string, Map<string, Edge[]>>();

  constructor(private readonly run: Run) {
    this.nodes = new Map((run.graph?.nodes ?? []).map((node) => [node.id, node]));
    for (const edge of run.graph?.edges ?? []) {
      const inputs = this.edges.get(edge.target) ?? new Map<string, Edge[]>();
      this.edges.set(edge.target, inputs.set(edge.targetHandle, [...(inputs.get(edge.targetHandle) ?? []), edge]));
    }
  }

  key(nodeId: string): string | undefined {
    return this.run.nodes?.[nodeId]?.key || undefined;
  }

  inputs(nodeId: string): ReadonlyMap<string, readonly Edge[]> {
    return this.edges.get(nodeId) ?? new Map();
  }

  /** The values of inputs without an edge. */
  params(node: Node): Map<string, JsonValue> {
    const connected = this.inputs(node.id);
    const found = new Map<string, JsonValue>();
    const prefix = `${node.id}.`;
    for (const [name, value] of Object.entries(node.params ?? {})) if (isJson(value)) found.set(name, value);
    for (const [path, value] of Object.entries(this.run.overrides ?? {})) {
      if (path.startsWith(prefix) && isJson(value)) found.set(path.slice(prefix.length), value);
    }
    for (const name of connected.keys()) found.delete(name);
    return found;
  }
}

function typeReasons(was: Node, is: Node): Reason[] {
  return was.type === is.type ? [] : [{ kind: "type", before: was.type, after: is.type }];
}

function paramReasons(old: RunGraph, now: RunGraph, was: Node, is: Node): Reason[] {
  const [before, after] = [old.params(was), now.params(is)];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => !jsonEqual(before.get(name), after.get(name)))
    .filter((name) => !old.inputs(was.id).has(name) && !now.inputs(is.id).has(name))
    .map((name) => ({ kind: "param", name, before: before.get(name), after: after.get(name) }));
}

function inputReasons(old: RunGraph, now: RunGraph, nodeId: string): Reason[] {
  const [before, after] = [old.inputs(nodeId), now.inputs(nodeId)];
  const reasons: Reason[] = [];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [were, are] = [before.get(name) ?? [], after.get(name) ?? []];
    const sources = are.map(outputOf);
    const change = inputChange(old, now, were, are);
    if (change) reasons.push({ kind: "input", name, change, sources });
  }
  return reasons;
}

function inputChange(old: RunGraph, now: RunGraph, were: readonly Edge[], are: readonly Edge[]) {
  if (were.length === 0) return "connected";
  if (are.length === 0) return "disconnected";
  if (were.length === are.length && were.every((edge, index) => sameValue(old, now, edge, are[index]))) return null;
  return were.map(outputOf).join() === are.map(outputOf).join() ? "value" : "source";
}

function sameValue(old: RunGraph, now: RunGraph, was: Edge, is: Edge | undefined): boolean {
  if (is?.sourceHandle !== was.sourceHandle) return false;
  const [before, after] = [old.key(was.source), now.key(is.source)];
  return before !== undefined && after !== undefined ? before === after : sameUpstream(old, now, was.source, is.source);
}

/** Whether two nodes and all before them are set alike; for nodes that a run did not visit, which have no keys. */
function sameUpstream(old: RunGraph, now: RunGraph, first: string, second: string): boolean {
  const waiting: [string, string][] = [[first, second]];
  const seen = new Set<string>();
  for (let pair = waiting.pop(); pair; pair = waiting.pop()) {
    const [was, is] = [old.nodes.get(pair[0]), now.nodes.get(pair[1])];
    const mark = pair.join(" ");
    if (seen.has(mark)) continue;
    seen.add(mark);
    if (!was || !is || was.type !== is.type || (was.mode ?? null) !== (is.mode ?? null)) return false;
    if (paramReasons(old, now, was, is).length > 0) return false;
    const [before, after] = [old.inputs(was.id), now.inputs(is.id)];
    if (before.size !== after.size) return false;
    for (const [name, were] of before) {
      const are = after.get(name) ?? [];
      if (were.length !== are.length) return false;
      for (const [index, edge] of were.entries()) {
        const other = are[index];
        if (other?.sourceHandle !== edge.sourceHandle) return false;
        waiting.push([edge.source, other.source]);
      }
    }
  }
  return true;
}

function outputOf(edge: Edge): string {
  return `${edge.source}.${edge.sourceHandle}`;
}
