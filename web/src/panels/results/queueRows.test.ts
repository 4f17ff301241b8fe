import { expect, it } from "vitest";
import type { Run } from "@/api/types";
import { newRecord } from "@/store/fold";
import { queueRows } from "./queueRows";

const live = (id: string) => newRecord(id).view;
const past = (id: string): Run => ({ id, created: 0, outputs: {}, state: "succeeded" });

it("heads only lists that hold something", () => {
  expect(queueRows({ running: [], queued: [], ended: [] })).toEqual([]);
  expect(queueRows({ running: [live("a")], queued: [], ended: [past("b")] }).map(({ kind }) => kind)).toEqual([
    "heading",
    "running",
    "heading",
    "ended",
  ]);
});

it("numbers those that wait", () => {
  const rows = queueRows({ running: [], queued: [live("a"), live("b")], ended: [] });
  expect(rows.flatMap((row) => (row.kind === "waiting" ? [[row.id, row.place, row.count]] : []))).toEqual([
    ["a", 0, 2],
    ["b", 1, 2],
  ]);
});

it("does not tell a run twice while its end is on the way", () => {
  expect(queueRows({ running: [live("a")], queued: [], ended: [past("a")] })).toHaveLength(2);
});
