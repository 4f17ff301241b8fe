/** The commits a graph is pinned to. */
import { expect, test } from "vitest";
import { setLock } from "./commands";
import { emptyHistory, record, undo } from "./history";
import { lockWith, pinChanges, pins, sameLock } from "./lock";
import { draw } from "./testing";

const lock = (repos: Record<string, string>) => ({
  repos: Object.fromEntries(Object.entries(repos).map(([repo, commit]) => [repo, { commit }])),
});

test("an update tells what moves, what is new and what is no longer used", () => {
  const before = lock({ "org/a": "1", "org/b": "2", "org/c": "3" });
  const after = lock({ "org/d": "4", "org/a": "9", "org/b": "2" });
  expect(pinChanges(before, after)).toEqual([
    { repo: "org/a", before: "1", after: "9" },
    { repo: "org/c", before: "3", after: null },
    { repo: "org/d", before: null, after: "4" },
  ]);
  expect(sameLock(before, after)).toBe(false);
  expect(sameLock(before, lock({ "org/c": "3", "org/b": "2", "org/a": "1" }))).toBe(true);
});

test.each([{}, { repos: [] }, { repos: { a: "1" } }])("a lock that is none pins nothing: %j", (odd) => {
  expect(pins(odd)).toEqual(new Map());
});

test("what others wrote beside a commit stays as long as the commit does", () => {
  const before = { tool: "x", repos: { a: { commit: "1", by: "me" }, b: { commit: "2", by: "me" } } };
  expect(lockWith(before, lock({ a: "1", b: "3" }))).toEqual({
    tool: "x",
    repos: { a: { commit: "1", by: "me" }, b: { commit: "3" } },
  });
});

test("undo of another change leaves the pins; undo of an update brings back the old ones", () => {
  const start = draw("a b");
  const pinned = { ...start, nodes: start.nodes.slice(1), lock: lock({ demo: "1" }) };
  const before = record(emptyHistory, start, { name: "delete a", apply: () => pinned }, 0);
  expect(undo(before, pinned)?.doc).toEqual({ ...start, lock: lock({ demo: "1" }) });
  const command = setLock(lock({ demo: "2" }));
  const updated = command.apply(pinned);
  expect(undo(record(before, pinned, command, 9), updated)).toMatchObject({ doc: pinned, name: "update repos" });
});
