/** Undo and redo. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { moveItems, renameNode, replaceDoc, setParam } from "./commands";
import { emptyHistory, type History, record, redo, undo } from "./history";
import { anyCommand, anyDoc, draw } from "./testing";
import type { Command, Doc } from "./types";

interface State {
  readonly history: History;
  readonly doc: Doc;
}

/** As the store does it: what changes nothing is not recorded. */
function give({ history, doc }: State, command: Command, now: number): State {
  const next = command.apply(doc);
  return next === doc ? { history, doc } : { history: record(history, doc, command, now), doc: next };
}

function all(state: State, step: typeof undo): State {
  let now = state;
  for (let next = step(now.history, now.doc); next; next = step(now.history, now.doc)) now = next;
  return now;
}

test("undoing all commands brings back the start, redoing all of them the end", () => {
  const timed = fc.array(fc.tuple(anyCommand, fc.constantFrom(10, 2000)), { maxLength: 12 });
  fc.assert(
    fc.property(anyDoc, timed, (start, steps) => {
      let now = 0;
      let state: State = { history: emptyHistory, doc: start };
      for (const [command, wait] of steps) state = give(state, command, (now += wait));
      const back = all(state, undo);
      expect(back.doc).toEqual(start);
      expect(all(back, redo).doc).toEqual(state.doc);
    }),
  );
});

test("names what is undone and redone", () => {
  const { history, doc } = give({ history: emptyHistory, doc: draw("a") }, renameNode("a", "A"), 0);
  const undone = undo(history, doc);
  expect(undone?.name).toBe("rename a to “A”");
  expect(undone && redo(undone.history, undone.doc)?.name).toBe("rename a to “A”");
  expect(undo(emptyHistory, doc)).toBeNull();
});

test.each([
  ["within a second become one step", [0, 900, 1800], 1],
  ["with a pause stay apart", [0, 1000], 2],
  ["after the clock went back stay apart", [5000, 10], 2],
])("changes of one param %s", (_, times, steps) => {
  const start: State = { history: emptyHistory, doc: draw("a") };
  const end = times.reduce((state, time, index) => give(state, setParam("a", "steps", index), time), start);
  expect(end.history.past).toHaveLength(steps);
});

test("changes of different params stay apart, and so do changes after an undo", () => {
  const one = give({ history: emptyHistory, doc: draw("a") }, setParam("a", "x", 1), 0);
  const two = give(one, setParam("a", "y", 1), 1);
  expect(two.history.past).toHaveLength(2);
  const undone = undo(two.history, two.doc);
  expect(undone && give(undone, setParam("a", "x", 2), 2).history.past).toHaveLength(2);
});

test("reaches back 500 steps", () => {
  const start: State = { history: emptyHistory, doc: draw("a") };
  const steps = Array.from({ length: 600 }, (_, index) => moveItems({ a: { x: index + 1, y: 0 } }));
  const end = steps.reduce((state, step, index) => give(state, step, index * 2000), start);
  expect(end.history.past).toHaveLength(500);
  expect(all(end, undo).doc.nodes[0]?.position.x).toBe(100);
});

test("leaves the view where it is, unless another graph was put in place", () => {
  const there = { x: 5, y: 5, zoom: 2 };
  const moved = give({ history: emptyHistory, doc: draw("a") }, renameNode("a", "A"), 0);
  expect(undo(moved.history, { ...moved.doc, viewport: there })?.doc.viewport).toEqual(there);
  const opened = give(moved, replaceDoc(draw("b", { viewport: there }), "open"), 0);
  expect(undo(opened.history, opened.doc)?.doc.viewport).toBeNull();
});

test("a node that comes back brings the pin of its repo, while other pins stay as they are now", () => {
  const lock = (pins: Record<string, string>) => ({
    repos: Object.fromEntries(Object.entries(pins).map(([repo, commit]) => [repo, { commit }])),
  });
  const start = draw("a b", { lock: lock({ "org/a": "1", "org/b": "1" }) });
  const gone = give({ history: emptyHistory, doc: start }, renameNode("b", "B"), 0);
  const now = { ...gone.doc, lock: lock({ "org/a": "2" }) };
  const back = undo(gone.history, now);
  expect(back?.doc.lock).toEqual(lock({ "org/a": "2", "org/b": "1" }));
});
