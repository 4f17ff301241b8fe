/** Which pictures a mask can be painted on. */
import { expect, test } from "vitest";
import { emptyDoc } from "@/graph/document";
import type { Doc, GraphEdge, GraphNode } from "@/graph/types";
import { picturesFor } from "./pictures";

const A = `${"a".repeat(64)}.png`;
const B = `${"b".repeat(64)}.png`;
const C = `${"c".repeat(64)}.png`;
const node = (id: string, type: string, params = {}): GraphNode => ({ id, type, params, position: { x: 0, y: 0 } });
const edge = (source: string, target: string): GraphEdge => ({ source, sourceHandle: "o", target, targetHandle: "i" });

/** far ─ nowhere;  mask ─┐ near ─┴─ inpaint */
const doc: Doc = {
  ...emptyDoc(),
  nodes: [
    node("far", "image.load", { image: A }),
    node("mask", "mask.load", { mask: C }),
    node("near", "image.load", { image: B }),
    node("inpaint", "diffusion.block"),
  ],
  edges: [edge("mask", "inpaint"), edge("near", "inpaint")],
};

test("the picture beside the mask comes first, then others of the graph, then results", () => {
  const result = { type: "image", artifact: { id: C, mime: "image/png", size: 1 } };
  const again = { type: "image", artifact: { id: B, mime: "image/png", size: 1 } };
  const runs = new Map([["inpaint", { outputs: { result, again } }]]);
  expect(picturesFor(doc, "mask", runs)).toEqual([
    { id: B, title: "near" },
    { id: A, title: "far" },
    { id: C, title: "inpaint" },
  ]);
});

test("masks and files of the input folder are no pictures to paint on", () => {
  const named: Doc = {
    ...doc,
    nodes: [node("mask", "mask.load"), node("load", "image.load", { image: "cat.png" })],
    edges: [],
  };
  const runs = new Map([
    ["x", { outputs: { mask: { type: "mask", artifact: { id: C, mime: "image/png", size: 1 } } } }],
  ]);
  expect(picturesFor(named, "mask", runs)).toEqual([]);
});
