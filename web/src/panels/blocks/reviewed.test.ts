/** What a person sees first of a repo. */
import { expect, test } from "vitest";
import type { BlockReview } from "@/api/blocks";
import { filesOf, firstFile, sortedRequirements, stateOf } from "./reviewed";

const file = (path: string) => ({ path, size: 1, text: "", language: "" });
const review = (fields: Partial<BlockReview>): BlockReview => ({
  repo: "org/x",
  revision: null,
  commit: "c",
  folder: "/hub/org/x",
  local: false,
  has_code: true,
  approved: false,
  approved_commit: null,
  origin: "branch",
  origin_ref: "main",
  files: ["README.md", "block.py", "modular_config.json", "lib/extra.py", "aaa.py"].map(file),
  config: null,
  requirements: [],
  pip: "",
  refers: [],
  pickles: [],
  diff: null,
  ...fields,
});

test("the block itself is first to be read, code stands before the rest", () => {
  expect(firstFile(review({}))).toBe("block.py");
  expect(filesOf(review({})).map(({ path }) => path)).toEqual([
    "aaa.py",
    "block.py",
    "lib/extra.py",
    "modular_config.json",
    "README.md",
  ]);
});

test("on a new commit the changes are first, files that are gone among them", () => {
  const diff = [
    { path: "helpers.py", status: "removed" as const, unified: "" },
    { path: "README.md", status: "changed" as const, unified: "" },
  ];
  const changed = review({ diff, approved_commit: "b" });
  expect(firstFile(changed)).toBe("README.md");
  expect(filesOf(changed).slice(0, 3)).toEqual([
    { path: "README.md", change: "changed" },
    { path: "helpers.py", change: "removed" },
    { path: "aaa.py", change: null },
  ]);
  expect([stateOf(changed), stateOf(review({})), stateOf(review({ approved: true }))]).toEqual([
    "changed",
    "new",
    "approved",
  ]);
});

test("what is missing stands before what does not fit and what is there", () => {
  const states = ["met", "conflicting", "missing"] as const;
  const requirements = states.map((state) => ({ name: state, specifier: "", installed: null, state }));
  expect(sortedRequirements(requirements).map(({ state }) => state)).toEqual(["missing", "conflicting", "met"]);
});
