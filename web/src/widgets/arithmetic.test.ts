/** Sums typed into number fields. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { calculate } from "./arithmetic";

test.each([
  ["512*2+64", 1088],
  ["2+3*4", 14],
  ["(2+3)*4", 20],
  ["-2^2", -4],
  ["2^-1", 0.5],
  ["2^3^2", 512],
  ["2**10", 1024],
  [" .5 + 1e2 ", 100.5],
  ["7%4", 3],
  ["--3", 3],
  ["768 × 1.5", 1152],
])("%s is %d", (text, value) => {
  expect(calculate(text)).toBe(value);
});

test.each([
  "",
  "abc",
  "1+",
  "(1",
  "1)",
  "1 2",
  "1/0",
  "0/0",
  "NaN",
  "Infinity",
  "9^9999",
  "alert(1)",
  "1,5",
  "((".repeat(500),
])("%s is no number", (text) => {
  expect(calculate(text)).toBeNull();
});

interface Expression {
  readonly text: string;
  readonly value: number;
}

const number = fc.integer({ min: 0, max: 999 }).map((value): Expression => ({ text: String(value), value }));
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5 },
    number,
    fc.tuple(tie("expression"), fc.constantFrom("+", "-", "*"), tie("expression")).map(([left, operator, right]) => ({
      text: `(${left.text}) ${operator} (${right.text})`,
      value:
        operator === "+"
          ? left.value + right.value
          : operator === "-"
            ? left.value - right.value
            : left.value * right.value,
    })),
    tie("expression").map((inner) => ({ text: `-(${inner.text})`, value: -inner.value })),
  ),
}));

test("a printed expression has its value", () => {
  fc.assert(fc.property(expression, ({ text, value }) => calculate(text) === value));
});

test("no text throws", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."0123.()+-*/%^ e") }), (text) => {
      const value = calculate(text);
      return value === null || Number.isFinite(value);
    }),
  );
});
