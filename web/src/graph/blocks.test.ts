/** Nodes that run blocks, and the repos they name. */
import { expect, test } from "vitest";
import { blocksName, isWholePipeline, partsOf, repoInQuestion, splitRepo } from "./blocks";
import { node } from "./testing";

test.each([
  ["org/name", { repo: "org/name", revision: null }],
  [" org/name@v1.0 ", { repo: "org/name", revision: "v1.0" }],
  ["folder@", { repo: "folder", revision: null }],
])("%j names a repo and a revision", (text, expected) => {
  expect(splitRepo(text)).toEqual(expected);
});

test("a part without a repo is one of the pipeline's own; what is no part is left out", () => {
  const parts = [{ name: "a", block: "x" }, { name: "b", block: "", repo: "org/b@1" }, { name: "c" }, "d"];
  expect(partsOf(parts)).toEqual([
    { name: "a", block: "x" },
    { name: "b", block: "", repo: "org/b@1" },
  ]);
});

test("the repo that a sentence names is the one in question, else the first", () => {
  const parts = ["org/one", "org/two@3"].map((repo) => ({ name: repo, block: "", repo }));
  const composed = node("n", { type: "diffusion.block", params: { parts } });
  expect(repoInQuestion(composed, "The code of org/two at 3f2 is not approved.")).toBe("org/two@3");
  expect(repoInQuestion(composed, "Something else.")).toBe("org/one");
  expect(repoInQuestion(node("n", { params: { repo: "  " } }), "")).toBeUndefined();
});

test.each([
  [{}, true],
  [{ block: "denoise" }, false],
  [{ parts: [{ name: "a", block: "a" }] }, false],
])("a node with %j stands for a whole pipeline: %s", (params, whole) => {
  expect(isWholePipeline(node("n", { type: "diffusion.block", params }))).toBe(whole);
});

test.each([
  ["diffusion.custom", { repo: "org/prompt-expander@v1" }, "prompt-expander"],
  ["diffusion.custom", { repo: "mine" }, "mine"],
  ["diffusion.custom", {}, null],
  ["diffusion.pipeline", { repo: "org/model" }, null],
  ["diffusion.block", { block: "denoise" }, null],
  ["diffusion.block", { parts: ["a", "b"].map((name) => ({ name, block: name })) }, "a + b"],
  ["diffusion.block", { parts: [{ name: "encode", block: "encode" }] }, "Encode prompt"],
  ["diffusion.block", { parts: [{ name: "first", block: "encode" }] }, "first"],
  ["diffusion.block", { parts: ["a", "b", "c", "d"].map((name) => ({ name, block: name })) }, "a + b + c + …"],
])("%s with %j is called %j", (type, params, name) => {
  const titles: Record<string, string> = { encode: "Encode prompt" };
  expect(blocksName({ ...node("n"), type, params }, (block) => titles[block])).toBe(name);
});
