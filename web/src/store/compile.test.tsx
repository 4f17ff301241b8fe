import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { moveItems, setLock, setParam } from "@/graph/commands";
import { compileAgain, startCompiling } from "@/store/compile";
import { activeTab, dispatch, undo, useNodePorts, useNodeProblems } from "@/store/editor";
import { chain, FakeServer, json, later, onlyTab, problem } from "@/store/testing";
import { updateTab } from "@/store/tabs";

const ROUTE = "POST /api/compile";
let server: FakeServer;
let stop = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

function start(doc = chain("a", "b")) {
  onlyTab(doc);
  stop = startCompiling();
}

const wait = (ms = 40) => vi.advanceTimersByTimeAsync(ms);

function answer(port: string, { pending = false } = {}) {
  const ports = pending ? { pending } : { inputs: [{ name: port, type: "int" }], outputs: [] };
  return json({ nodes: { a: ports, b: { inputs: [], outputs: [] } }, order: ["a", "b"], problems: [], revision: 1 });
}

test("an edit is compiled once the hand rests", async () => {
  server.on(ROUTE, () => answer("one"));
  start();
  await wait();
  for (const value of [2, 3, 4]) dispatch(setParam("a", "n", value));
  expect(activeTab().compiling).toBe(true);
  await wait();
  expect(server.bodies(ROUTE)).toHaveLength(2);
  expect(server.bodies(ROUTE)[1]).toMatchObject({ nodes: [{ id: "a", params: { n: 4 } }, { id: "b" }] });
  expect(activeTab().compiling).toBe(false);
});

test("what only the eye sees is not compiled", async () => {
  server.on(ROUTE, () => answer("one"));
  start();
  await wait();
  dispatch(moveItems({ a: { x: 50, y: 50 } }));
  undo();
  await wait();
  expect(server.asked).toHaveLength(1);
});

test("an answer to an earlier question is ignored", async () => {
  const answers = [later<Response>(), later<Response>()];
  let number = 0;
  server.on(ROUTE, () => answers[number++]?.promise ?? answer("other"));
  start();
  await wait();
  dispatch(setParam("a", "n", 2));
  await wait();
  answers[1]?.resolve(answer("new"));
  await wait();
  answers[0]?.resolve(answer("old"));
  await wait();
  expect(activeTab().compiled?.nodes["a"]?.inputs?.[0]?.name).toBe("new");
});

test("ports stay the same object while they are equal, and while the answer is awaited", async () => {
  let port = "one";
  server.on(ROUTE, () => answer(port));
  start();
  await wait();
  const { result } = renderHook(() => [useNodePorts("a"), useNodePorts("b")]);
  const [a, b] = result.current;
  port = "two";
  dispatch(setParam("a", "n", 2));
  expect(result.current[0]).toBe(a);
  await wait();
  await vi.waitFor(() => expect(result.current[0]?.inputs?.[0]?.name).toBe("two"));
  expect(result.current[1]).toBe(b);
});

test("while ports are being found out, those known before stay and are marked", async () => {
  let pending = false;
  server.on(ROUTE, () => answer("one", { pending }));
  start();
  await wait();
  pending = true;
  compileAgain();
  await wait();
  const { result } = renderHook(() => useNodePorts("a"));
  expect(result.current).toMatchObject({ pending: true, inputs: [{ name: "one" }] });
  const marked = result.current;
  dispatch(setParam("a", "n", 3));
  await wait();
  expect(result.current).toBe(marked);
  pending = false;
  compileAgain();
  await wait();
  expect(result.current?.pending).not.toBe(true);
});

test("a refused document keeps the ports and says why", async () => {
  let refuse = false;
  server.on(ROUTE, () => (refuse ? problem(422, "bad_graph", "a is wrong.", { node: "a" }) : answer("one")));
  start();
  await wait();
  refuse = true;
  compileAgain();
  await wait();
  const { result } = renderHook(() => [useNodePorts("a")?.inputs?.length, useNodeProblems("a")[0]?.message]);
  expect(result.current).toEqual([1, "a is wrong."]);
});

test("a question that could not be asked is asked again", async () => {
  let reachable = false;
  server.on(ROUTE, () => (reachable ? answer("one") : Promise.reject(new TypeError("Failed to fetch"))));
  start();
  await wait();
  expect(activeTab().compiled).toBeNull();
  reachable = true;
  await wait(3000);
  expect(activeTab().compiled).not.toBeNull();
  expect(server.asked).toHaveLength(2);
});

const pinned = { repos: { demo: { commit: "c0ffee" } } };

test("the commits that were found are kept in the graph, without a step to undo and without asking again", async () => {
  server.on(ROUTE, async () => json({ ...(await answer("one").json()), lock: pinned }));
  start();
  await wait(500);
  expect(activeTab()).toMatchObject({ doc: { lock: pinned }, dirty: false, history: { past: [] } });
  expect(server.asked).toHaveLength(1);
  dispatch(setParam("a", "n", 2));
  undo();
  await wait(500);
  expect(activeTab().doc.lock).toEqual(pinned);
  expect(server.bodies(ROUTE).at(-1)).toMatchObject({ lock: pinned });
});

test("commits that become known after an edit are saved with it", async () => {
  let lock = {};
  server.on(ROUTE, async () => json({ ...(await answer("one").json()), lock }));
  start();
  dispatch(setParam("a", "n", 2));
  await wait(500);
  updateTab(activeTab().id, { dirty: false });
  lock = pinned;
  compileAgain();
  await wait(500);
  expect(activeTab().dirty).toBe(true);
});

test("an answer about other commits than those of now changes no pin", async () => {
  const answers = [later<Response>(), later<Response>()];
  let number = 0;
  server.on(ROUTE, () => answers[number++]?.promise ?? answer("other"));
  start();
  await wait();
  const update = { repos: { demo: { commit: "beef" } } };
  dispatch(setLock(update));
  answers[0]?.resolve(json({ ...(await answer("one").json()), lock: pinned }));
  await wait(10);
  expect(activeTab().doc.lock).toEqual(update);
});

test("a folder that is not what it was is told until a person takes it", async () => {
  const changed = { code: "lock_changed", message: "demo is another.", node: "a", severity: "warning" };
  const found = { repos: { demo: { commit: "beef" }, other: { commit: "1" } } };
  server.on(ROUTE, async () => json({ ...(await answer("one").json()), lock: found, problems: [changed] }));
  start({ ...chain("a", "b"), lock: pinned });
  await wait(500);
  expect(activeTab().doc.lock).toEqual({ repos: { demo: { commit: "c0ffee" }, other: { commit: "1" } } });
});
