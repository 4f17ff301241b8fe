/** Marks of the mask painter and their undo. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { addMark, dabs, EMPTY, redoMark, undoMark, type Mark, type Sketch } from "./sketch";

const brush = { size: 10, hardness: 0.5, erase: false };
const mark = fc.constantFrom<Mark>(
  { kind: "clear" },
  { kind: "invert" },
  { kind: "stroke", brush, points: [{ x: 1, y: 2 }] },
);

test("undo all, then redo all, is where it was", () => {
  fc.assert(
    fc.property(fc.array(mark), (marks) => {
      const painted = marks.reduce<Sketch>(addMark, EMPTY);
      const undone = marks.reduce<Sketch>(undoMark, painted);
      expect(undone.done).toEqual([]);
      expect(marks.reduce<Sketch>(redoMark, undone)).toEqual(painted);
    }),
  );
});

test("a new mark forgets what was undone", () => {
  const sketch = addMark(undoMark(addMark(EMPTY, { kind: "clear" })), { kind: "invert" });
  expect(sketch).toEqual({ done: [{ kind: "invert" }], undone: [] });
});

test("dabs end at the target and leave no gap wider than the spacing", () => {
  const line = dabs({ x: 0, y: 0 }, { x: 10, y: 0 }, brush);
  expect(line.at(-1)).toEqual({ x: 10, y: 0 });
  expect(line).toHaveLength(13);
});
