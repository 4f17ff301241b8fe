import { expect, it } from "vitest";
import type { Run } from "@/api/types";
import { paramsOf, seedsOf } from "./seeds";

const run: Run = {
  id: "r",
  created: 0,
  outputs: {},
  graph: {
    nodes: [
      { id: "denoise", type: "block", params: { seed: 7, steps: 20, reseeded: 3 } },
      { id: "noise", type: "noise", params: { noise_seed: 8, seed: "text" } },
      { id: "show", type: "image.preview" },
    ],
  },
};

it("finds every seed", () => {
  expect(seedsOf(run)).toEqual([
    { node: "denoise", param: "seed", seed: 7 },
    { node: "noise", param: "noise_seed", seed: 8 },
  ]);
});

it("tells the params of nodes that have some", () => {
  expect(paramsOf(run).map(({ node }) => node)).toEqual(["denoise", "noise"]);
  expect(paramsOf(run)[1]?.params).toEqual([
    ["noise_seed", "8"],
    ["seed", "text"],
  ]);
});
