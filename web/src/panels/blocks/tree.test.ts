/** The blocks inside a block. */
import { expect, test } from "vitest";
import { treeRows } from "./tree";

const entry = (path: string) => ({ path, class_name: `Class${path.length}`, description: "", depth: 0, loop: false });

test("a stage of which only the parts are told gets a row of its own", () => {
  const tree = ["encode", "denoise.input", "denoise.loop", "denoise.loop.step", "decode"].map(entry);
  expect(treeRows(tree, "").map(({ name, depth, className }) => [name, depth, className])).toEqual([
    ["encode", 0, "Class6"],
    ["denoise", 0, null],
    ["input", 1, "Class13"],
    ["loop", 1, "Class12"],
    ["step", 2, "Class17"],
    ["decode", 0, "Class6"],
  ]);
});

test("within a stage, paths count from it", () => {
  const tree = ["denoise.input", "denoise.denoise", "denoise.denoise.step"].map(entry);
  expect(treeRows(tree, "denoise").map(({ path, depth }) => [path, depth])).toEqual([
    ["input", 0],
    ["denoise", 0],
    ["denoise.step", 1],
  ]);
});
