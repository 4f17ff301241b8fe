/** Unified diffs, read for showing. */
import { expect, test } from "vitest";
import { diffSize, readUnified } from "./unified";

const DIFF = `--- a/block.py
+++ b/block.py
@@ -1,2 +1,3 @@
 import torch
-x = 1
+x = 2
+--y
@@ -10 +11 @@
-old
+new
\\ No newline at end of file
`;

test("each line has its numbers in both files, and a gap stands between parts", () => {
  const lines = readUnified(DIFF).map(({ kind, text, before, after }) => [kind, text, before, after]);
  expect(lines).toEqual([
    ["same", "import torch", 1, 1],
    ["removed", "x = 1", 2, null],
    ["added", "x = 2", null, 2],
    ["added", "--y", null, 3],
    ["gap", "", null, null],
    ["removed", "old", 10, null],
    ["added", "new", null, 11],
  ]);
  expect(diffSize(readUnified(DIFF))).toEqual({ added: 3, removed: 2 });
});

test("a new file begins without a gap", () => {
  expect(readUnified("--- /dev/null\n+++ b/x.py\n@@ -0,0 +1 @@\n+a = 1\n")).toEqual([
    { kind: "added", text: "a = 1", before: null, after: 1 },
  ]);
});
