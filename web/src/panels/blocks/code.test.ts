/** Code in lines and colours. */
import { expect, test } from "vitest";
import { colouredLines } from "./code";

test("pieces keep what they are over the end of a line, and all text is kept", async () => {
  const source = 'def f(x):\n    """One\n    two."""\n    return x + 1  # <b>\n';
  const lines = await colouredLines(source, "python");
  expect(lines.map((line) => line.map(({ text }) => text).join("")).join("\n") + "\n").toBe(source);
  expect(lines[0]?.[0]).toEqual({ text: "def", kind: "hljs-keyword" });
  expect(lines[2]).toEqual([{ text: '    two."""', kind: "hljs-string" }]);
  expect(lines[3]?.at(-1)).toEqual({ text: "# <b>", kind: "hljs-comment" });
});

test.each(["markdown", "", "no such language"])("the language %j is shown without colours", async (language) => {
  expect(await colouredLines("# Title\n\ntext", language)).toEqual([
    [{ text: "# Title", kind: "" }],
    [],
    [{ text: "text", kind: "" }],
  ]);
});
