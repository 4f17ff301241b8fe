/** Auto-layout, alignment, distribution. */
import { expect, test } from "vitest";
import { autoLayout, align, distribute } from "./layout";
import { draw, node } from "./testing";
import { emptyDoc } from "./document";
import type { Doc } from "./types";

const sizes = (doc: Doc, width = 100, height = 50) => new Map(doc.nodes.map(({ id }) => [id, { width, height }]));
const group = { id: "group", title: "G", tint: "red", x: -50, y: -50, width: 400, height: 200 } as const;

test("lays nodes out from left to right without overlaps, their corner staying", async () => {
  const doc = draw("b->c a->b a->c d->c constructor->d");
  const places = await autoLayout(doc, sizes(doc));
  expect(Math.min(...Object.values(places).map(({ x }) => x))).toBe(0);
  expect(Math.min(...Object.values(places).map(({ y }) => y))).toBe(0);
  for (const { source, target } of doc.edges) {
    expect((places[target]?.x ?? 0) - (places[source]?.x ?? 0)).toBeGreaterThan(100);
  }
  const spots = Object.values(places).map(({ x, y }) => `${x} ${y}`);
  expect(new Set(spots).size).toBe(5);
});

test("lays out a selection alone, and fits groups around their nodes", async () => {
  const doc = draw("a->b b->c", { groups: [group] });
  const places = await autoLayout(doc, sizes(doc), ["b", "c"]);
  expect(places).toEqual({
    b: { x: 100, y: 0 },
    c: { x: 296, y: 0 },
    group: { x: -24, y: -60, width: 444, height: 134 },
  });
});

test("takes cycles, loose ends and nothing at all", async () => {
  const doc = draw("a->b b->a b->b");
  expect(Object.keys(await autoLayout(doc, sizes(doc)))).toEqual(["a", "b"]);
  expect(await autoLayout(emptyDoc(), new Map())).toEqual({});
});

test("takes thousands of nodes, in columns", async () => {
  const chain = Array.from({ length: 2999 }, (_, index) => `n${index}->n${index + 1}`);
  const doc = draw([...chain, "n5->n2.back", "n7->side", "free"].join(" "));
  const places = await autoLayout(doc, sizes(doc));
  expect(Object.keys(places)).toHaveLength(3002);
  expect(new Set(Object.values(places).map(({ x, y }) => `${x} ${y}`)).size).toBe(3002);
  const backwards = doc.edges.filter(({ source, target }) => (places[source]?.x ?? 0) >= (places[target]?.x ?? 0));
  expect(backwards.map(({ targetHandle }) => targetHandle)).toEqual(["back"]);
});

const scattered: Doc = {
  ...emptyDoc(),
  nodes: [node("a"), node("b", { position: { x: 130, y: 40 } }), node("c", { position: { x: 300, y: 90 } })],
};
const three = new Map([
  ["a", { width: 100, height: 50 }],
  ["b", { width: 50, height: 50 }],
  ["c", { width: 100, height: 10 }],
]);

test.each([
  ["left", [0, 0, 0], [0, 40, 90]],
  ["centre", [150, 175, 150], [0, 40, 90]],
  ["right", [300, 350, 300], [0, 40, 90]],
  ["top", [0, 130, 300], [0, 0, 0]],
  ["middle", [0, 130, 300], [25, 25, 45]],
  ["bottom", [0, 130, 300], [50, 50, 90]],
] as const)("aligns %s", (how, xs, ys) => {
  const places = Object.values(align(scattered, three, ["a", "b", "c"], how));
  expect([places.map(({ x }) => x), places.map(({ y }) => y)]).toEqual([xs, ys]);
});

test("distributes with equal gaps", () => {
  const across = distribute(scattered, three, ["c", "b", "a"], "horizontally");
  expect(across).toEqual({ a: { x: 0, y: 0 }, b: { x: 175, y: 40 }, c: { x: 300, y: 90 } });
  expect(distribute(scattered, three, ["a"], "vertically")).toEqual({ a: { x: 0, y: 0 } });
  expect(distribute(scattered, three, [], "vertically")).toEqual({});
});
