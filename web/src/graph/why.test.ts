/** Why a node was computed again. */
import { expect, test } from "vitest";
import type { Run } from "@/api/types";
import { connect, disconnect, setMode, setParam } from "./commands";
import { saveDoc } from "./document";
import { draw, edge } from "./testing";
import type { Doc } from "./types";
import { whyRan } from "./why";

const start = setParam("b", "steps", 20).apply(draw("a->b z->y y->b.mask c"));

/** A run of `doc` whose nodes have these keys. */
function run(doc: Doc, keys: Record<string, string>, more: Partial<Run> = {}): Run {
  const nodes = Object.fromEntries(Object.entries(keys).map(([id, key]) => [id, { key, state: "succeeded" as const }]));
  return { id: "r", created: 0, outputs: {}, graph: saveDoc(doc), nodes, ...more };
}

const before = run(start, { a: "a1", b: "b1", y: "y1" });

test.each([
  ["nothing is known", null, run(start, { b: "b1" }), [{ kind: "first" }]],
  ["it is new", run(draw("a"), { a: "a1" }), run(start, { b: "b1" }), [{ kind: "first" }]],
  ["it failed before", run(start, { a: "a1" }), run(start, { b: "b1" }), [{ kind: "unfinished" }]],
  ["its result went away", before, run(start, { b: "b1" }), [{ kind: "gone" }]],
  ["something outside the graph changed", before, run(start, { a: "a1", b: "b2", y: "y1" }), [{ kind: "beyond" }]],
  [
    "a param changed",
    before,
    run(setParam("b", "steps", 30).apply(start), { a: "a1", b: "b2", y: "y1" }),
    [{ kind: "param", name: "steps", before: 20, after: 30 }],
  ],
  [
    "an override changed it",
    before,
    run(start, { a: "a1", b: "b2", y: "y1" }, { overrides: { "b.seed": 3, "bb.seed": 4 } }),
    [{ kind: "param", name: "seed", before: undefined, after: 3 }],
  ],
  [
    "what comes in changed",
    before,
    run(start, { a: "a2", b: "b2", y: "y1" }),
    [{ kind: "input", name: "in", change: "value", sources: ["a.out"] }],
  ],
  [
    "it comes from elsewhere",
    before,
    run(connect(edge("c->b"), { many: false }).apply(start), { c: "c1", b: "b2", y: "y1" }),
    [{ kind: "input", name: "in", change: "source", sources: ["c.out"] }],
  ],
  [
    "an edge replaced a param",
    before,
    run(connect(edge("c->b.steps"), { many: false }).apply(start), { a: "a1", b: "b2", c: "c1", y: "y1" }),
    [{ kind: "input", name: "steps", change: "connected", sources: ["c.out"] }],
  ],
  [
    "an edge was taken away",
    before,
    run(disconnect(["y.out->b.mask"]).apply(start), { a: "a1", b: "b2" }),
    [{ kind: "input", name: "mask", change: "disconnected", sources: [] }],
  ],
  [
    "a node that was not visited, far up, is set differently",
    run(start, { a: "a1", b: "b1" }),
    run(setParam("z", "x", 1).apply(start), { a: "a1", b: "b2", y: "y2" }),
    [{ kind: "input", name: "mask", change: "value", sources: ["y.out"] }],
  ],
  [
    "a node before it is bypassed",
    before,
    run(setMode(["y"], "bypassed").apply(start), { a: "a1", b: "b2", z: "z1" }),
    [{ kind: "input", name: "mask", change: "value", sources: ["y.out"] }],
  ],
] as const)("%s", (_, first, second, reasons) => {
  expect(whyRan(first, second, "b")).toEqual(reasons);
});

test("what was not computed has no reason", () => {
  expect(whyRan(before, run(start, {}), "b")).toEqual([]);
  expect(
    whyRan(before, run(start, {}, { nodes: { b: { key: "b2", cached: true, state: "succeeded" } } }), "b"),
  ).toEqual([]);
});
