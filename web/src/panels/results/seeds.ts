/** The seeds and params a run was made with. */
import type { Run } from "@/api/types";

export interface UsedSeed {
  readonly node: string;
  readonly param: string;
  readonly seed: number;
}

export interface UsedParams {
  readonly node: string;
  readonly params: readonly (readonly [name: string, value: string])[];
}

const SEED = /(^|_)seed$/;

/** Every seed of the graph that ran; overrides are part of it. */
export function seedsOf(run: Run): UsedSeed[] {
  return (run.graph?.nodes ?? []).flatMap((node) =>
    Object.entries(node.params ?? {}).flatMap(([param, value]) =>
      SEED.test(param) && typeof value === "number" ? [{ node: node.id, param, seed: value }] : [],
    ),
  );
}

/** The params that were set, by node; nodes without any are left out. */
export function paramsOf(run: Run): UsedParams[] {
  return (run.graph?.nodes ?? []).flatMap((node) => {
    const params = Object.entries(node.params ?? {}).map(([name, value]) => [name, written(value)] as const);
    return params.length > 0 ? [{ node: node.id, params }] : [];
  });
}

/** A value on one line: texts as they are, everything else as JSON. */
export function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
