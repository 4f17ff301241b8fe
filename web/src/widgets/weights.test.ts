/** Weights in prompts. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { changeWeight, type Selected } from "./weights";

/** `a [red] cat` as text and selection; `|` is a bare caret. */
function marked(drawing: string): Selected {
  const caret = drawing.indexOf("|");
  if (caret >= 0) return { text: drawing.replace("|", ""), start: caret, end: caret };
  const start = drawing.indexOf("[");
  return { text: drawing.replace(/[[\]]/g, ""), start, end: drawing.indexOf("]") - 1 };
}

test.each([
  ["a [red] cat", 0.05, "a ([red]:1.05) cat"],
  ["a [red ]cat", 0.05, "a ([red]:1.05) cat"],
  ["a r|ed cat", 0.05, "a ([red]:1.05) cat"],
  ["a ([red]:1.05) cat", 0.05, "a ([red]:1.1) cat"],
  ["a (r|ed:1.05) cat", 0.05, "a ([red]:1.1) cat"],
  ["a [(red:1.05)] cat", -0.05, "a [red] cat"],
  ["a ([red]:1.05) cat", -0.05, "a [red] cat"],
  ["a [red] cat", -0.05, "a ([red]:0.95) cat"],
  ["a (red [cat) dog]", 0.05, "a ([(red cat) dog]:1.05)"],
  ["[:\\)] cat", 0.05, "([:\\)]:1.05) cat"],
  ["([a (b:1.2) c]:0.9)", 0.05, "([a (b:1.2) c]:0.95)"],
  ["([x]:0)", -0.05, "([x]:0)"],
])("%s by %d", (before, by, after) => {
  expect(changeWeight(marked(before), by)).toEqual(marked(after));
});

test.each(["a |, b", "red) [cat)] dog", "|", "a [ ] b"])("nothing to weigh in %s", (drawing) => {
  expect(changeWeight(marked(drawing), 0.05)).toBeNull();
});

test("up and down again is where it was", () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), fc.nat(5), (list, index) => {
      const chosen = index % list.length;
      const start = list.slice(0, chosen).reduce((length, item) => length + item.length + 1, 0);
      const before = { text: list.join(" "), start, end: start + (list[chosen]?.length ?? 0) };
      const up = changeWeight(before, 0.05);
      expect(up && changeWeight(up, -0.05)).toEqual(before);
    }),
  );
});
