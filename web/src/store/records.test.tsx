import { act, cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RunEvent } from "@/api/types";
import { adopt, fetchSnapshot, nodeRun, receive, runView } from "@/store/records";
import { useActiveRun, useNodeRun } from "@/store/runs";
import { chain, FakeServer, json, later, onlyTab, problem, runOf } from "@/store/testing";

let server: FakeServer;
let number = 0;
let run = "";

beforeEach(() => {
  server = new FakeServer();
  run = `run${++number}`;
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const started = (seq: number): RunEvent => ({ kind: "run_started", run, seq, time: 0, nodes: 3 });
const step = (seq: number, node: string, step: number): RunEvent => ({
  kind: "node_progress",
  run,
  seq,
  time: 0,
  node,
  step,
  total: 20,
});
const finished = (seq: number): RunEvent => ({
  kind: "run_finished",
  run,
  seq,
  time: 0,
  state: "succeeded",
  seconds: 1,
});

test("a hole in the events is closed by a snapshot, and what came meanwhile is kept", async () => {
  const snapshot = later<Response>();
  server.on(`GET /api/runs/${run}`, () => snapshot.promise);
  receive({ kind: "run_queued", run, seq: 1, time: 0, name: "Graph" });
  receive(step(4, "a", 4));
  receive(step(6, "a", 6));
  receive(step(5, "a", 5));
  expect(runView(run)?.state).toBe("queued");
  snapshot.resolve(
    json(runOf({ id: run, seq: 4, state: "running", nodes: { a: { state: "running", step: 4, total: 20 } } })),
  );
  await vi.waitFor(() => expect(nodeRun(run, "a")?.step).toBe(6));
  expect(runView(run)?.state).toBe("running");
  receive(finished(7));
  expect(runView(run)?.state).toBe("succeeded");
  expect(server.asked).toHaveLength(1);
});

test("a run that ended with the server is over, though the server forgot its last events", async () => {
  server.on(`GET /api/runs/${run}`, () =>
    json(runOf({ id: run, seq: 3, state: "failed", nodes: { a: { state: "cancelled" } } })),
  );
  receive({ kind: "run_queued", run, seq: 1, time: 0, name: "Graph" });
  receive(started(2));
  for (const seq of [3, 4, 5]) receive(step(seq, "a", seq));
  await fetchSnapshot(run);
  expect([runView(run)?.state, nodeRun(run, "a")?.state]).toEqual(["failed", "cancelled"]);
});

test("a snapshot that cannot be had is asked for again", async () => {
  vi.useFakeTimers();
  let broken = true;
  server.on(`GET /api/runs/${run}`, () =>
    broken ? problem(500, "internal_error", "It failed.") : json(runOf({ id: run, seq: 3, state: "running" })),
  );
  receive(step(3, "a", 1));
  await vi.advanceTimersByTimeAsync(100);
  broken = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect(runView(run)?.state).toBe("running");
});

test("events that are told twice change nothing", () => {
  receive(started(1));
  receive(step(2, "a", 1));
  receive(step(3, "a", 2));
  receive(step(2, "a", 1));
  expect(nodeRun(run, "a")?.step).toBe(2);
});

test("a run that is gone is forgotten", async () => {
  receive(step(3, "a", 1));
  await vi.waitFor(() => expect(runView(run)).toBeUndefined());
});

test("a step draws exactly the node concerned", () => {
  onlyTab(chain("a", "b", "c"), { runs: run });
  adopt(runOf({ id: run, seq: 0 }));
  receive(started(1));
  const renders = { a: 0, b: 0, c: 0, run: 0 };
  const Node = ({ id }: { id: "a" | "b" | "c" }) => {
    const view = useNodeRun(id);
    renders[id]++;
    return <p>{view?.step}</p>;
  };
  const Bar = () => {
    renders.run++;
    return <p>{useActiveRun()?.state}</p>;
  };
  render([<Node key="a" id="a" />, <Node key="b" id="b" />, <Node key="c" id="c" />, <Bar key="run" />]);
  const before = { ...renders };
  act(() => receive(step(2, "b", 1)));
  expect(renders).toEqual({ ...before, b: before.b + 1 });
});
