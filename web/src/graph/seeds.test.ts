/** What becomes of seeds after a run. */
import { expect, test } from "vitest";
import type { Run } from "@/api/types";
import { connect, setParam } from "./commands";
import { saveDoc } from "./document";
import { advanceSeeds, randomSeed, seedControl, seedRange, setSeedControl } from "./seeds";
import { draw, edge } from "./testing";
import type { Doc } from "./types";

const seeded = setParam("a", "seed", 7).apply(draw("a->b c"));
const increment = setSeedControl("a", "seed", "increment").apply(seeded);
const random = setSeedControl("a", "seed", "random").apply(seeded);

const run = (doc: Doc, more: Partial<Run> = {}): Run => ({
  id: "r",
  created: 0,
  outputs: {},
  graph: saveDoc(doc),
  ...more,
});
const seedAfter = (doc: Doc, of: Run) =>
  advanceSeeds(doc, of, { random: () => 99 })?.apply(doc).nodes[0]?.params["seed"];

test("control is kept with the node, and goes away when fixed", () => {
  expect([seedControl(seeded.nodes[0]!, "seed"), seedControl(random.nodes[0]!, "seed")]).toEqual(["fixed", "random"]); // eslint-disable-line @typescript-eslint/no-non-null-assertion
  expect(random.nodes[0]?.extra).toEqual({ seed_control: { seed: "random" } });
  expect(setSeedControl("a", "seed", "fixed").apply(random)).toEqual(seeded);
  expect(setSeedControl("a", "seed", "random").apply(random)).toBe(random);
});

test.each([
  ["fixed stays", seeded, run(seeded), undefined],
  ["the next one", increment, run(increment), 8],
  ["a random one", random, run(random), 99],
  ["needed by the run's target", increment, run(increment, { targets: ["b"] }), 8],
  ["not needed by the run's target", increment, run(increment, { targets: ["c"] }), undefined],
  ["changed by hand since", increment, run(setParam("a", "seed", 3).apply(increment)), undefined],
  ["added since", increment, run(draw("b")), undefined],
  ["fed by an edge", connect(edge("c->a.seed"), { many: false }).apply(increment), run(increment), undefined],
  ["the default counts as 0", setParam("a", "seed", undefined).apply(increment), run(draw("a")), 1],
  [
    "the largest is followed by 0",
    setParam("a", "seed", 2 ** 53 - 1).apply(increment),
    { ...run(seeded), graph: null },
    0,
  ],
])("%s", (_, doc, of, seed) => {
  expect(seedAfter(doc, of)).toBe(seed);
});

test("random seeds are short whole numbers", () => {
  const seed = advanceSeeds(random, run(random))?.apply(random).nodes[0]?.params["seed"];
  expect(Number.isInteger(seed) && Number(seed) >= 0 && Number(seed) < 2 ** 32).toBe(true);
});

test("a port with bounds gets no seed beyond them", () => {
  const range = seedRange({ name: "seed", type: "int", widget: { kind: "seed", min: 7, max: 8 } });
  expect(new Set(Array.from({ length: 64 }, () => randomSeed(range)))).toEqual(new Set([7, 8]));
  const last = setParam("a", "seed", 8).apply(increment);
  expect(advanceSeeds(last, run(last), { range: () => range })?.apply(last).nodes[0]?.params["seed"]).toBe(7);
  expect(seedRange(undefined)).toEqual({ min: 0, max: Number.MAX_SAFE_INTEGER });
});
