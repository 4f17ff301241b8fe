import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renameDoc, setParam } from "@/graph/commands";
import { loadDoc, saveDoc } from "@/graph/document";
import type { Doc } from "@/graph/types";
import { announce } from "@/store/announce";
import { graphId, saveTab, startSaving } from "@/store/saving";
import { activeTab, closeTab, dispatch, resolveConflict, setViewport, useEditor } from "@/store/editor";
import { chain, FakeServer, json, onlyTab, problem } from "@/store/testing";
import { toasts } from "@/store/toasts";

const PUT = "PUT /api/graphs/g";
let server: FakeServer;
let stop = () => {};
/** What the server has: the graph `g`. */
let theirs: { doc: Doc; revision: number };

beforeEach(() => {
  vi.useFakeTimers();
  theirs = { doc: chain("a"), revision: 3 };
  server = new FakeServer()
    .on("GET /api/graphs/g", () => json(saveDoc(theirs.doc), { headers: { ETag: `"${theirs.revision}"` } }))
    .on(PUT, ({ headers, body }) => {
      if (headers.get("if-match") !== `"${theirs.revision}"`)
        return problem(412, "lost_update", "Somebody else saved.");
      theirs = { doc: loadDoc(body), revision: theirs.revision + 1 };
      return json({ id: "g", name: "", revision: theirs.revision, created: 0, updated: 0 });
    });
  stop = startSaving();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

const wait = (ms = 2000) => vi.advanceTimersByTimeAsync(ms);
const openAt = (revision: number) => onlyTab(chain("a"), { saved: { id: "g", revision } });

test("changes of a saved graph are saved once the hand rests", async () => {
  openAt(3);
  dispatch(setParam("a", "n", 2));
  await wait(1000);
  dispatch(setParam("a", "n", 3));
  await wait(1000);
  expect(server.asked).toHaveLength(0);
  await wait();
  expect(server.bodies(PUT)).toEqual([saveDoc(activeTab().doc)]);
  expect(activeTab()).toMatchObject({ dirty: false, saved: { id: "g", revision: 4 } });
});

test("a change made while a save is under way is saved after it", async () => {
  openAt(3);
  dispatch(setParam("a", "n", 2));
  void saveTab();
  dispatch(setParam("a", "n", 3));
  await wait(5000);
  expect(theirs.doc.nodes[0]?.params).toEqual({ n: 3 });
  expect(activeTab()).toMatchObject({ dirty: false, saved: { revision: 5 } });
});

test("panning is no change to save", async () => {
  openAt(3);
  setViewport({ x: 1, y: 2, zoom: 1 });
  await wait();
  expect(server.asked).toHaveLength(0);
});

test("a save over another version is a conflict, which stops saving", async () => {
  theirs = { doc: chain("a", "other"), revision: 4 };
  openAt(3);
  dispatch(setParam("a", "n", 2));
  await wait();
  expect(activeTab().conflict).toEqual({ theirs: theirs.doc, revision: 4 });
  dispatch(setParam("a", "n", 3));
  await wait();
  expect(server.bodies(PUT)).toHaveLength(1);
});

async function conflict() {
  theirs = { doc: chain("a", "other"), revision: 4 };
  openAt(3);
  dispatch(setParam("a", "n", 2));
  await wait();
}

test("mine is saved over theirs", async () => {
  await conflict();
  await resolveConflict("mine");
  expect(theirs).toMatchObject({ revision: 5, doc: { nodes: [{ id: "a", params: { n: 2 } }] } });
  expect(activeTab()).toMatchObject({ conflict: null, dirty: false });
});

test("theirs takes the place of mine", async () => {
  await conflict();
  await resolveConflict("theirs");
  expect(activeTab()).toMatchObject({
    conflict: null,
    dirty: false,
    saved: { revision: 4 },
    doc: { nodes: theirs.doc.nodes },
  });
});

test("both: mine becomes a graph of its own, theirs opens beside it", async () => {
  await conflict();
  await resolveConflict("both");
  const { tabs } = useEditor.getState();
  expect(tabs.map((tab) => [tab.doc.name, tab.saved?.id])).toEqual([
    ["Chain (copy)", undefined],
    ["Chain", "g"],
  ]);
  expect(server.asked.at(-1)).toMatchObject({ method: "PUT", body: { name: "Chain (copy)" } });
});

test("a version that is the same as mine is no conflict", async () => {
  theirs = { doc: setParam("a", "n", 2).apply(chain("a")), revision: 4 };
  openAt(3);
  dispatch(setParam("a", "n", 2));
  await wait();
  expect(activeTab()).toMatchObject({ conflict: null, dirty: false, saved: { revision: 4 } });
});

test("another window's version is taken by a tab without changes, and a conflict for one with", async () => {
  theirs = { doc: chain("a", "other"), revision: 4 };
  openAt(3);
  announce({ graph: "g", revision: 4 });
  await wait(1);
  expect(activeTab()).toMatchObject({ dirty: false, saved: { revision: 4 }, doc: { nodes: theirs.doc.nodes } });
  theirs = { doc: chain("a"), revision: 5 };
  dispatch(renameDoc("Mine"));
  announce({ graph: "g", revision: 5 });
  await wait(1);
  expect(activeTab().conflict?.revision).toBe(5);
});

test("a graph that was deleted elsewhere becomes an unsaved tab", async () => {
  server.on("GET /api/graphs/g", () => problem(404, "not_found", "There is no graph."));
  openAt(2);
  dispatch(setParam("a", "n", 2));
  await wait();
  expect(activeTab()).toMatchObject({ saved: null, dirty: true });
});

test("what was not saved yet is saved when its tab is closed", async () => {
  openAt(3);
  dispatch(setParam("a", "n", 2));
  closeTab(activeTab().id);
  await wait(1);
  expect(theirs.doc.nodes[0]?.params).toEqual({ n: 2 });
});

test("while the server is away it is tried again, without a word", async () => {
  let away = true;
  server.on(PUT, () => (away ? Promise.reject(new TypeError("Failed to fetch")) : json({ revision: 4 })));
  openAt(3);
  const before = toasts().length;
  dispatch(setParam("a", "n", 2));
  await wait(3000);
  away = false;
  await wait(6000);
  expect(activeTab().dirty).toBe(false);
  expect(toasts()).toHaveLength(before);
});

test("the id of a graph can be read", () => {
  expect(graphId("Tëxt to image!")).toMatch(/^text-to-image-[a-z0-9]{6}$/);
  expect(graphId("图")).toMatch(/^graph-[a-z0-9]{6}$/);
});
