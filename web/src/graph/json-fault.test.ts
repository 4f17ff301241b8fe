/** Where broken JSON breaks. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonFault } from "./json-fault";

test.each([
  ["", "line 1, column 1: the text ends where a value is expected"],
  ["nothing", "line 1, column 1: a value is expected"],
  ['{"a": 1,}', "line 1, column 9: a name in double quotes is expected"],
  ["{'a': 1}", "line 1, column 2: a name in double quotes is expected"],
  ['{"a" 1}', "line 1, column 6: a colon is expected"],
  ['{\n"a": 1\n"b": 2}', "line 3, column 1: a comma or } is expected"],
  ["[1, [2, 3}", "line 1, column 10: a comma or ] is expected"],
  ["[1, 2", "line 1, column 6: the text ends where a comma or ] is expected"],
  ["{} {}", "line 1, column 4: the JSON ends here, but more text follows"],
  ['["a\n"]', "line 1, column 4: a line break or control character inside quotes"],
  ['["a\\x"]', "line 1, column 4: this escape is not known"],
  ['{\r\n"a": "b', "line 2, column 6: this text in quotes never ends"],
  ["[NaN]", "line 1, column 2: a value is expected"],
  ["[01]", "line 1, column 3: a comma or ] is expected"],
])("%j", (text, fault) => {
  expect(jsonFault(text)).toBe(fault);
});

test("is found in whatever JSON.parse refuses, and lies inside the text", () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom("", "}", "]", '"', ",", ":", "x", "\n"), (json, place, insert) => {
      const at = place % (json.length + 1);
      const text = json.slice(0, at) + insert + json.slice(at + 1);
      fc.pre(isBroken(text));
      const [, line, column] = /^line (\d+), column (\d+): /.exec(jsonFault(text)) ?? [];
      expect(text.split("\n")[Number(line) - 1]?.length).toBeGreaterThanOrEqual(Number(column) - 1);
    }),
  );
});

test("deep nesting is no trouble", () => {
  expect(jsonFault("[".repeat(100_000))).toBe("line 1, column 100001: the text ends where a value is expected");
});

function isBroken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}
