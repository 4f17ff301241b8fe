import { expect, test } from "vitest";
import type { RunEvent } from "@/api/types";
import { expectNodes, fold, newRecord, recordOf } from "@/store/fold";
import { runOf } from "@/store/testing";

const at = (seq: number) => ({ run: "r1", seq, time: 1000 + seq });

function folded(events: readonly RunEvent[], now = (event: RunEvent) => event.seq * 1000) {
  const record = newRecord("r1");
  for (const event of events) fold(record, event, now(event));
  return record;
}

test("the events of a run fold to its state", () => {
  const record = folded([
    { kind: "run_queued", ...at(1), name: "Graph", prompt: "a star", seed: 7 },
    { kind: "run_started", ...at(2), nodes: 3 },
    { kind: "node_finished", ...at(3), node: "a", cached: true, seconds: 0, key: "k", outputs: {} },
    { kind: "node_failed", ...at(4), node: "b", problem: { code: "oom", message: "No memory." } },
    { kind: "node_skipped", ...at(5), node: "c", because: "b" },
    { kind: "run_finished", ...at(6), state: "failed", seconds: 4, problem: { code: "oom", message: "No memory." } },
  ]);
  expect(record.view).toMatchObject({
    state: "failed",
    name: "Graph",
    prompt: "a star",
    seed: 7,
    nodes: 3,
    ended: 3,
    started: 1002,
    finished: 1006,
  });
  expect([...record.nodes].map(([id, node]) => [id, node.state, node.cached, node.because])).toEqual([
    ["a", "succeeded", true, null],
    ["b", "failed", false, null],
    ["c", "skipped", false, "b"],
  ]);
});

test("what a run does not need is neither waited for nor counted, unless it turns out to be needed", () => {
  const record = newRecord("r1");
  expectNodes(record, runOf({ targets: ["b"], graph: { edges: [edge("a", "b")] } }));
  fold(record, { kind: "run_started", ...at(1), nodes: 1, unneeded: { a: "k" } }, 0);
  expect(record.nodes.get("a")).toMatchObject({ state: "unneeded", key: "k" });
  const done = { kind: "node_finished", cached: false, seconds: 1, key: "k", outputs: {} } as const;
  fold(record, { ...done, ...at(2), node: "b" }, 0);
  expect(record.view).toMatchObject({ nodes: 1, ended: 1 });
  fold(record, { ...done, ...at(3), node: "a" }, 0);
  expect([record.view.ended, record.nodes.get("a")?.state]).toEqual([2, "succeeded"]);
});

test("the remaining time follows from when steps arrive, whatever the server's clock says", () => {
  const step = (seq: number, step: number): RunEvent => ({
    kind: "node_progress",
    ...at(seq),
    time: 9e9,
    node: "a",
    step,
    total: 10,
  });
  const record = folded([step(1, 1), step(2, 2), step(3, 3)]);
  expect(record.nodes.get("a")).toMatchObject({ state: "running", step: 3, total: 10, remaining: 7 });
});

test("steps that begin anew give no remaining time until two of them were seen", () => {
  const step = (seq: number, step: number): RunEvent => ({
    kind: "node_progress",
    ...at(seq),
    node: "a",
    step,
    total: 4,
  });
  expect(folded([step(1, 3), step(2, 4), step(3, 1)]).nodes.get("a")?.remaining).toBeNull();
});

test("after the end no node waits", () => {
  const record = newRecord("r1");
  expectNodes(record, runOf({ targets: ["b"], graph: { edges: [edge("a", "b")] } }));
  expect([...record.nodes.keys()]).toEqual(["b", "a"]);
  fold(record, { kind: "node_started", ...at(1), node: "a" }, 0);
  fold(record, { kind: "run_finished", ...at(2), state: "cancelled", seconds: 1 }, 0);
  expect([...record.nodes].map(([id, node]) => [id, node.state])).toEqual([["a", "cancelled"]]);
});

test("a snapshot keeps what only this page knows", () => {
  const before = folded([{ kind: "node_started", ...at(1), node: "a" }]);
  const record = recordOf(
    runOf({ seq: 4, state: "running", nodes: { a: { state: "running", step: 2, total: 4 } } }),
    before,
  );
  expect([record.seq, record.view.nodes]).toEqual([4, 1]);
  expect(record.nodes.get("a")).toMatchObject({ step: 2, startedAt: 1000 });
});

function edge(source: string, target: string) {
  return { source, sourceHandle: "out", target, targetHandle: "in" };
}
