/** Edits of block nodes that the server works out. */
import { beforeEach, expect, test } from "vitest";
import { setParam } from "@/graph/commands";
import { collapseNodes, expandNode, insertBlock } from "@/store/blocks";
import { activeTab, dispatch, redo, undo } from "@/store/editor";
import { chain, FakeServer, json, later, onlyTab, problem } from "@/store/testing";
import { toasts } from "@/store/toasts";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
});

const nothing = { remove_nodes: [], add_nodes: [], remove_edges: [], add_edges: [], problems: [] };
const edge = (source: string, target: string) => ({ source, sourceHandle: "out", target, targetHandle: "in" });
const stages = {
  ...nothing,
  remove_nodes: ["b"],
  add_nodes: ["encode", "decode"].map((id) => ({ id, type: "test.step", params: {}, position: { x: 0, y: 0 } })),
  remove_edges: [edge("a", "b"), edge("b", "c")],
  add_edges: [edge("a", "encode"), edge("encode", "decode"), edge("decode", "c")],
};
const ids = () => activeTab().doc.nodes.map(({ id }) => id);

test("a node becomes its stages in one step, which are selected; undo brings it back", async () => {
  server.on("POST /api/blocks/expand", () => json(stages));
  const { doc } = onlyTab(chain("a", "b", "c"));
  expect(await expandNode("b", "Pipeline")).toBe(true);
  expect(server.bodies("POST /api/blocks/expand")).toMatchObject([
    { node: "b", graph: { nodes: doc.nodes.map(({ id }) => ({ id })) } },
  ]);
  expect(ids()).toEqual(["a", "encode", "decode", "c"]);
  expect([...activeTab().selection]).toEqual(["encode", "decode"]);
  expect(undo()).toBe("expand Pipeline");
  expect(activeTab().doc).toEqual(doc);
  expect(redo()).toBe("expand Pipeline");
});

test("what the server refuses is told and changes nothing", async () => {
  server.on("POST /api/blocks/collapse", () => problem(422, "not_connected", "a and c are not connected."));
  const { doc } = onlyTab(chain("a", "b", "c"));
  expect(await collapseNodes(["a", "c"])).toBe(false);
  expect(activeTab().doc).toBe(doc);
  expect(toasts().at(-1)).toMatchObject({ kind: "error", text: "a and c are not connected." });
});

test("an error among an answer's problems keeps the graph as it is", async () => {
  const error = { code: "needs_approval", message: "The code of org/x is not approved.", severity: "error" };
  server.on("POST /api/blocks/insert", () => json({ ...stages, problems: [error] }));
  const { doc } = onlyTab(chain("a", "b", "c"));
  expect(await insertBlock({ node: "b", repo: "org/x", block: "", before: null })).toBe(false);
  expect(activeTab().doc).toBe(doc);
  expect(toasts().at(-1)?.text).toBe("The code of org/x is not approved.");
});

test("an answer about a graph that has changed meanwhile is not applied", async () => {
  const answer = later<Response>();
  server.on("POST /api/blocks/expand", () => answer.promise);
  onlyTab(chain("a", "b", "c"));
  const going = expandNode("b", "Pipeline");
  dispatch(setParam("b", "n", 7));
  answer.resolve(json(stages));
  expect(await going).toBe(false);
  expect(ids()).toEqual(["a", "b", "c"]);
});
