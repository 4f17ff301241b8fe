/** Finding nodes and edges, and cycles before they are made. */
import { expect, test } from "vitest";
import { edgeById, edgeId, edgesFrom, edgesInto, nodeById, wouldCycle } from "./document";
import { draw, edge } from "./testing";

const doc = draw("a->b b->c a->c.x");

test("nodes and edges are found by id", () => {
  expect(nodeById(doc, "b")).toBe(doc.nodes[1]);
  expect(nodeById(doc, "constructor")).toBeUndefined();
  expect(edgeById(doc, "b.out->c.in")).toBe(doc.edges[1]);
  expect(edgesInto(doc, "c").map(edgeId)).toEqual(["b.out->c.in", "a.out->c.x"]);
  expect(edgesFrom(doc, "a").map(edgeId)).toEqual(["a.out->b.in", "a.out->c.x"]);
  expect(edgesInto(doc, "nobody")).toBe(edgesInto(doc, "a"));
});

test.each([
  ["c->a", true],
  ["b->a", true],
  ["a->a", true],
  ["a->c", false],
  ["c->new", false],
])("%s would close a cycle: %s", (drawn, cycle) => {
  expect(wouldCycle(doc, edge(drawn))).toBe(cycle);
});

test("a cycle that is there already does no harm", () => {
  expect(wouldCycle(draw("a->b b->a c"), edge("c->a"))).toBe(false);
});
