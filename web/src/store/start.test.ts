import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setParam } from "@/graph/commands";
import { activeTab, dispatch, useEditor } from "@/store/editor";
import { queue } from "@/store/queue";
import { nodeRun, runView } from "@/store/records";
import { startStore } from "@/store/start";
import { emptyDoc, saveDoc } from "@/graph/document";
import { chain, FakeServer, json, later, onlyTab, runOf } from "@/store/testing";

/** The server's end of the one websocket. */
class FakeWebSocket {
  static last: FakeWebSocket;
  onopen = () => {};
  onclose = () => {};
  onmessage: (message: { data: unknown }) => void = () => {};
  constructor() {
    FakeWebSocket.last = this;
  }
  close() {}
  send(...events: object[]) {
    this.onmessage({ data: JSON.stringify(events) });
  }
}

let stop = () => {};
let server: FakeServer;

beforeEach(() => {
  vi.stubGlobal("WebSocket", FakeWebSocket);
  localStorage.clear();
  sessionStorage.clear();
  server = new FakeServer()
    .on("GET /api/catalogue", () => json({ revision: 1, types: [] }))
    .on("GET /api/queue", () => json({ running: ["r1"], queued: ["r3", "r2"] }))
    .on("GET /api/runs", ({ query }) => json({ total: 0, runs: listed(query) }))
    .on("GET /api/runs/r1", () => json(runOf({ id: "r1", seq: 5, state: "running" })));
});
afterEach(() => stop());

function listed(query: URLSearchParams) {
  const waiting = ["r2", "r3"].map((id) => runOf({ id, seq: 1, state: "queued" }));
  if (query.get("state") === "queued") return waiting;
  return query.get("state") === "running" ? [runOf({ id: "r1", seq: 4, state: "running" })] : [];
}

test("a page finds its tabs again, learns what goes on, and follows it", async () => {
  const { id } = onlyTab(chain("a"));
  stop = startStore();
  await vi.waitFor(() => expect(sessionStorage.length).toBe(1));
  dispatch(setParam("a", "n", 9));
  stop();
  // A reload: nothing but the storage remains.
  vi.resetModules();
  const again = {
    ...(await import("@/store/start")),
    ...(await import("@/store/editor")),
    ...(await import("@/store/queue")),
    ...(await import("@/store/records")),
  };
  expect(again.activeTab().doc.nodes).toEqual(emptyDoc().nodes);
  stop = again.startStore();
  expect(again.activeTab()).toMatchObject({ id, dirty: true, doc: { nodes: [{ id: "a", params: { n: 9 } }] } });
  FakeWebSocket.last.onopen();
  await vi.waitFor(() => expect(again.queue().queued.map((run) => run.id)).toEqual(["r3", "r2"]));
  expect(again.queue().running.map((run) => run.id)).toEqual(["r1"]);
  FakeWebSocket.last.send(
    { kind: "node_progress", run: "r1", seq: 6, time: 0, node: "a", step: 2, total: 4 },
    { kind: "queue_changed", runs: ["r2", "r3"] },
  );
  expect(again.nodeRun("r1", "a")?.step).toBe(2);
  expect(again.queue().queued.map((run) => run.id)).toEqual(["r2", "r3"]);
});

test("after a lost connection it learns how runs ended meanwhile", async () => {
  onlyTab(chain("a"), { runs: "r1" });
  stop = startStore();
  FakeWebSocket.last.onopen();
  await vi.waitFor(() => expect(queue().running).toHaveLength(1));
  vi.useFakeTimers();
  FakeWebSocket.last.onclose();
  server.on("GET /api/queue", () => json({ running: [], queued: [] }));
  server.on("GET /api/runs", () => json({ total: 0, runs: [] }));
  const ended = (id: string) => json(runOf({ id, seq: 9, state: "succeeded", nodes: { a: { state: "succeeded" } } }));
  for (const id of ["r1", "r2", "r3"]) server.on(`GET /api/runs/${id}`, () => ended(id));
  vi.advanceTimersByTime(600);
  FakeWebSocket.last.onopen();
  vi.useRealTimers();
  await vi.waitFor(() => expect(queue()).toEqual({ running: [], queued: [] }));
  expect([runView("r1")?.state, nodeRun("r1", "a")?.state]).toEqual(["succeeded", "succeeded"]);
});

test("it can be started twice, as React's strict mode does", () => {
  const tabs = useEditor.getState().tabs;
  startStore()();
  stop = startStore();
  expect(useEditor.getState().tabs).toHaveLength(tabs.length);
  expect(activeTab().id).toBe(useEditor.getState().activeTab);
});

test.each([
  ["shows the graph that the address names at once", false, ["a"]],
  ["does not wait for a server that is silent", true, []],
])("the first drawing %s", async (_, silent, nodes) => {
  const answer = () => json(saveDoc(chain("a")), { headers: { ETag: '"1"' } });
  server.on("GET /api/graphs/g1", silent ? () => later<Response>().promise : answer);
  location.hash = "#/g/g1";
  vi.resetModules();
  const fresh = { ...(await import("@/store/start")), ...(await import("@/store/editor")) };
  await fresh.prepare();
  expect(fresh.activeTab().doc.nodes.map(({ id }) => id)).toEqual(nodes);
  location.hash = "";
});
