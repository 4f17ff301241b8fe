/** What becomes of seeds after a run was started. Each node says it per param, in its field `seed_control`. */
import type { JsonValue, Port, Run } from "@/api/types";
import { edgesInto } from "./document";
import { setExtra, setParam } from "./edit-nodes";
import { isJson, isObject, jsonEqual } from "./json";
import type { Command, Doc, GraphNode } from "./types";

export type SeedControl = "fixed" | "random" | "increment";

const FIELD = "seed_control";
/** How many random seeds there are at most: few enough to read out. JSON readers keep larger ones exact up to 2^53 − 1. */
const RANDOM_SEEDS = 2 ** 32;

/** What the port of a seed takes. */
export interface SeedRange {
  readonly min: number;
  readonly max: number;
}

const EVERY_SEED: SeedRange = { min: 0, max: Number.MAX_SAFE_INTEGER };

export function seedRange(port: Port | undefined): SeedRange {
  return { min: Math.ceil(port?.widget?.min ?? EVERY_SEED.min), max: Math.floor(port?.widget?.max ?? EVERY_SEED.max) };
}

/** A number that the port takes. */
export function randomSeed({ min, max }: SeedRange = EVERY_SEED): number {
  return min + Math.floor(Math.random() * Math.min(RANDOM_SEEDS, max - min + 1));
}

export function seedControl(node: GraphNode, param: string): SeedControl {
  const control = controls(node).get(param);
  return control === "random" || control === "increment" ? control : "fixed";
}

export function setSeedControl(nodeId: string, param: string, control: SeedControl): Command {
  return {
    name: { fixed: "fix the seed", random: "random seed after each run", increment: "next seed after each run" }[
      control
    ],
    apply: (doc) => {
      const node = doc.nodes.find(({ id }) => id === nodeId);
      if (!node || seedControl(node, param) === control) return doc;
      const next = new Map(controls(node)).set(param, control);
      if (control === "fixed") next.delete(param);
      return setExtra(doc, nodeId, FIELD, next.size > 0 ? Object.fromEntries(next) : undefined);
    },
  };
}

/** `range` tells what the port of a seed takes. */
interface Advance {
  readonly range?: (node: string, param: string) => SeedRange;
  readonly random?: (range: SeedRange) => number;
}

/**
 * New values for the seeds that `run` used, where they are not fixed; null if there are none. A seed that a person
 * changed since is left alone, as are nodes that the run's targets do not need.
 */
export function advanceSeeds(doc: Doc, run: Run, { range, random = randomSeed }: Advance = {}): Command | null {
  const needed = upstream(doc, run.targets ?? []);
  const changes = doc.nodes
    .filter((node) => needed.size === 0 || needed.has(node.id))
    .flatMap((node) =>
      nextSeeds(doc, node, run, (param, value) => {
        const taken = range?.(node.id, param) ?? EVERY_SEED;
        return seedControl(node, param) === "random" ? random(taken) : following(value, taken);
      }),
    );
  if (changes.length === 0) return null;
  return {
    name: "next seed",
    apply: (before) => changes.reduce((next, { id, param, value }) => setParam(id, param, value).apply(next), before),
  };
}

function nextSeeds(doc: Doc, node: GraphNode, run: Run, next: (param: string, value: JsonValue | undefined) => number) {
  return [...controls(node).keys()].flatMap((param) => {
    const control = seedControl(node, param);
    const value = Object.hasOwn(node.params, param) ? node.params[param] : undefined;
    const connected = edgesInto(doc, node.id).some((edge) => edge.targetHandle === param);
    if (control === "fixed" || connected || !isAsUsed(run, node.id, param, value)) return [];
    return [{ id: node.id, param, value: next(param, value) }];
  });
}

function isAsUsed(run: Run, id: string, param: string, value: JsonValue | undefined): boolean {
  if (!run.graph) return true;
  const node = run.graph.nodes?.find((each) => each.id === id);
  const used = node?.params?.[param];
  return node !== undefined && (used === undefined || isJson(used)) && jsonEqual(used, value);
}

function following(value: JsonValue | undefined, { min, max }: SeedRange): number {
  const seed = typeof value === "number" ? value : min;
  return seed >= max ? min : seed + 1;
}

function controls(node: GraphNode): ReadonlyMap<string, JsonValue> {
  const field = node.extra?.[FIELD];
  return new Map(isObject(field) ? Object.entries(field) : []);
}

function upstream(doc: Doc, targets: readonly string[]): Set<string> {
  const found = new Set(targets);
  for (const id of found) for (const { source } of edgesInto(doc, id)) found.add(source);
  return found;
}
