import { act, renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isRecord } from "@/api/client";
import { setSeedControl } from "@/graph/seeds";
import { activeTab, dispatch } from "@/store/editor";
import { findRuns, followRuns } from "@/store/follow";
import { nodeRun, receive, runView } from "@/store/records";
import { startRun, stopRun, useIsStarting } from "@/store/submit";
import { chain, FakeServer, json, later, onlyTab, problem, runOf } from "@/store/testing";
import { toasts } from "@/store/toasts";

let server: FakeServer;
let number = 0;
let stop = () => {};

beforeEach(() => {
  server = new FakeServer().on("POST /api/runs", ({ body }) => {
    const source = isRecord(body) ? String(body["source"]) : "";
    return json(runOf({ id: `run${++number}`, seq: 1, targets: ["b"], source }));
  });
  stop = followRuns();
});
afterEach(() => stop());

test("a run is shown with its nodes waiting, under the tab's name", async () => {
  const { id, doc } = onlyTab(chain("a", "b", "c"));
  await startRun({ targets: ["b"] });
  const run = activeTab().runs ?? "";
  expect(server.bodies("POST /api/runs")).toEqual([
    { graph: expect.objectContaining({ name: doc.name }), source: id, overrides: {}, targets: ["b"] },
  ]);
  expect(["a", "b", "c"].map((node) => nodeRun(run, node)?.state)).toEqual(["queued", "queued", undefined]);
});

test("a run that the server takes long to take in is shown as starting", async () => {
  const { id } = onlyTab(chain("a"));
  const { result } = renderHook(() => useIsStarting(id));
  const answer = later<Response>();
  server.on("POST /api/runs", () => answer.promise);
  const started = startRun();
  expect(result.current).toBe(false);
  await waitFor(() => expect(result.current).toBe(true));
  answer.resolve(json(runOf({ id: "slow", seq: 1 })));
  await act(() => started);
  expect([result.current, activeTab().runs]).toEqual([false, "slow"]);
});

test("a batch submits the graph with seeds that advance", async () => {
  onlyTab(chain("a", "b"));
  dispatch(setSeedControl("a", "n", "increment"));
  await startRun({ count: 3 });
  const seeds = server.bodies("POST /api/runs").map((body) => JSON.stringify(body).match(/"n":(\d)/)?.[1]);
  expect(seeds).toEqual(["1", "2", "3"]);
  expect(activeTab().doc.nodes[0]?.params).toEqual({ n: 4 });
});

test("the tab shows the run of a batch that runs", async () => {
  onlyTab(chain("a", "b"));
  await startRun({ count: 2 });
  const first = activeTab().runs ?? "";
  const second = `run${number}`;
  expect(first).not.toBe(second);
  receive({ kind: "run_finished", run: first, seq: 2, time: 0, state: "succeeded", seconds: 1 });
  receive({ kind: "run_started", run: second, seq: 2, time: 0, nodes: 2 });
  expect(activeTab().runs).toBe(second);
});

test("a refused graph shows its problems and the node concerned", async () => {
  server.on("POST /api/runs", () =>
    problem(422, "missing_input", "b needs an image.", { node: "b", remedy: "Connect one." }),
  );
  onlyTab(chain("a", "b"));
  await startRun();
  expect(activeTab()).toMatchObject({ runs: null, refused: [{ message: "b needs an image.", node: "b" }] });
  expect([...activeTab().selection]).toEqual(["b"]);
  expect(toasts().at(-1)).toMatchObject({ kind: "error", title: "b needs an image.", text: "Connect one." });
});

test("what is told of a run is taken back by the next; a server out of reach is nothing wrong with the graph", async () => {
  onlyTab(chain("a", "b"));
  server.on("POST /api/runs", () => problem(422, "cycle", "The nodes wait for each other."));
  await startRun();
  expect(toasts().at(-1)).toMatchObject({ title: "The nodes wait for each other." });
  server.on("POST /api/runs", () => Promise.reject(new TypeError("Failed to fetch")));
  await startRun();
  expect(activeTab().refused).toEqual([]);
  expect(toasts().map(({ kind, title }) => [kind, title])).toContainEqual(["warning", "The server cannot be reached."]);
  expect(toasts().map(({ title }) => title)).not.toContain("The nodes wait for each other.");
});

test("a failure is told, with a way to its node", async () => {
  onlyTab(chain("a", "b"));
  await startRun();
  const run = activeTab().runs ?? "";
  const trouble = { code: "oom", message: "The device is out of memory.", node: "a" };
  receive({ kind: "node_failed", run, seq: 2, time: 0, node: "a", problem: trouble });
  receive({ kind: "run_finished", run, seq: 3, time: 0, state: "failed", seconds: 1, problem: trouble });
  const toast = toasts().at(-1);
  expect(toast).toMatchObject({ kind: "error", title: trouble.message, action: { label: "Show node" } });
  toast?.action?.run();
  expect([...activeTab().selection]).toEqual(["a"]);
});

test("stop cancels all runs of the tab that have not ended", async () => {
  onlyTab(chain("a", "b"));
  await startRun({ count: 2 });
  const ids = [`run${number - 1}`, `run${number}`];
  for (const id of ids) server.on(`DELETE /api/runs/${id}`, () => json(runOf({ id, seq: 2, state: "cancelled" })));
  await stopRun();
  expect(ids.map((id) => runView(id)?.state)).toEqual(["cancelled", "cancelled"]);
});

test("after a reload a tab finds its run again", async () => {
  const { id } = onlyTab(chain("a", "b"));
  const before = toasts().length;
  const run = runOf({
    id: "old",
    seq: 9,
    state: "running",
    source: id,
    nodes: { a: { state: "succeeded", seconds: 2 } },
  });
  server.on("GET /api/runs", ({ query }) => json({ runs: query.get("source") === id ? [run] : [], total: 1 }));
  server.on("GET /api/runs/old", () => json(run));
  await findRuns();
  expect(activeTab().runs).toBe("old");
  await vi.waitFor(() => expect(nodeRun("old", "a")).toMatchObject({ state: "succeeded", seconds: 2 }));
  expect(toasts()).toHaveLength(before);
});
