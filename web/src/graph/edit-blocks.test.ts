/** Nodes that are put in the place of others. */
import { expect, test } from "vitest";
import { readReplacement, replaceNodes } from "./commands";
import { edgeId } from "./document";
import { draw, edge, node } from "./testing";

const names = (edges: readonly Parameters<typeof edgeId>[0][]) => edges.map(edgeId);

test("what one node fed and was fed by is kept, in the places of old", () => {
  // load → whole → show, and beside: other → show, before and after
  const doc = draw("load->whole first->show.images whole->show.images last->show.images");
  const replacement = readReplacement({
    remove_nodes: ["whole"],
    add_nodes: [node("encode"), node("decode")],
    remove_edges: doc.edges.filter(({ source, target }) => source === "whole" || target === "whole"),
    add_edges: [edge("load->encode"), edge("encode->decode"), edge("decode->show.images")],
  });
  const after = replaceNodes(replacement, "expand whole").apply(doc);
  expect(after.nodes.map(({ id }) => id)).toEqual(["load", "encode", "decode", "first", "show", "last"]);
  expect(names(after.edges)).toEqual([
    "first.out->show.images",
    "decode.out->show.images",
    "last.out->show.images",
    "load.out->encode.in",
    "encode.out->decode.in",
  ]);
});

test("an edge at a node that goes is removed though nobody says so, and none is there twice", () => {
  const doc = draw("a->b b->c");
  const replacement = { removeNodes: ["b"], addNodes: [], removeEdges: [], addEdges: [edge("a->c"), edge("a->c")] };
  expect(names(replaceNodes(replacement, "").apply(doc).edges)).toEqual(["a.out->c.in"]);
});

test("a changed node keeps its place", () => {
  const doc = draw("a b c");
  const changed = node("b", { params: { parts: [] } });
  const replacement = { removeNodes: ["b"], addNodes: [changed], removeEdges: [], addEdges: [] };
  expect(
    replaceNodes(replacement, "")
      .apply(doc)
      .nodes.map(({ id }) => id),
  ).toEqual(["a", "b", "c"]);
});

test("fields that are null in an answer are not there", () => {
  const { addNodes } = readReplacement({
    remove_nodes: [],
    add_nodes: [{ id: "a", type: "t", params: {}, position: { x: 1, y: 2 }, mode: null, title: null }],
    remove_edges: [],
    add_edges: [],
  });
  expect(addNodes).toEqual([{ id: "a", type: "t", params: {}, position: { x: 1, y: 2 } }]);
});

test("what lies to the right makes room for nodes that reach further", () => {
  const doc = draw("a->b b->c d", {
    notes: [{ id: "note", x: 150, y: 0, width: 100, height: 100, text: "", tint: "grey" }],
  });
  const at = (id: string, x: number) => node(id, { position: { x, y: 0 } });
  const wide = { removeNodes: ["b"], addNodes: [at("b1", 100), at("b2", 500)], removeEdges: [], addEdges: [] };
  const after = replaceNodes(wide, "").apply(doc);
  expect(Object.fromEntries(after.nodes.map(({ id, position }) => [id, position.x]))).toEqual({
    a: 0,
    b1: 100,
    b2: 500,
    c: 600,
    d: 700,
  });
  expect(after.notes[0]?.x).toBe(550);
  const same = { removeNodes: ["b"], addNodes: [at("e", 100)], removeEdges: [], addEdges: [] };
  expect(
    replaceNodes(same, "")
      .apply(doc)
      .nodes.find(({ id }) => id === "c")?.position.x,
  ).toBe(200);
});
