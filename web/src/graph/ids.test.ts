/** Readable ids. */
import { expect, test } from "vitest";
import { freshId, idMaker } from "./ids";
import { draw } from "./testing";

test.each([
  ["", "denoise", "denoise"],
  ["denoise", "denoise", "denoise_2"],
  ["denoise denoise_2", "denoise", "denoise_3"],
  ["denoise_2", "denoise_2", "denoise_3"],
  ["", "Encode prompt", "encode_prompt"],
  ["", "Größe & Würde!", "große_wurde".replace("ß", "_")],
  ["", "diffusion.block", "diffusion_block"],
  ["", "絵", "node"],
  ["", "x".repeat(80), "x".repeat(64)],
  ["x".repeat(64), "x".repeat(64), `${"x".repeat(62)}_2`],
])("in %j, %j becomes %j", (nodes, base, id) => {
  expect(freshId(draw(nodes), base)).toBe(id);
});

test("never gives an id twice, and keeps wanted ones that are free", () => {
  const fresh = idMaker(draw("a"));
  expect(["a", "B", "a", "B", "a_9"].map(fresh)).toEqual(["a_2", "B", "a_3", "B_2", "a_9"]);
});
