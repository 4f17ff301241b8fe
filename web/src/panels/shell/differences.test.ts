import { expect, test } from "vitest";
import { loadDoc } from "@/graph/document";
import { differences } from "./differences";

const node = (id: string, params = {}) => ({ id, type: "text.join", params });
const edge = (source: string, target: string) => ({ source, sourceHandle: "text", target, targetHandle: "texts" });
const doc = (nodes: object[], edges: object[] = []) => loadDoc({ format: "blockloom/1", name: "x", nodes, edges });

test("equal graphs do not differ, wherever their nodes lie", () => {
  const moved = { ...node("a"), position: { x: 50, y: 0 } };
  expect(differences(doc([node("a")]), doc([moved]))).toEqual({ nodes: [], edges: { mine: 0, theirs: 0 } });
});

test("nodes and edges of one side, and changed params, are listed", () => {
  const mine = doc([node("a", { separator: "," }), node("b"), node("m")], [edge("a", "b")]);
  const theirs = doc([node("a", { separator: ";" }), node("b"), node("t")], [edge("b", "a"), edge("t", "a")]);
  const found = differences(mine, theirs);
  expect(found.nodes.map((difference) => [difference.kind, difference.node.id])).toEqual([
    ["changed", "a"],
    ["mine", "m"],
    ["theirs", "t"],
  ]);
  expect(found.nodes[0]).toMatchObject({ params: [{ name: "separator", mine: ",", theirs: ";" }] });
  expect(found.edges).toEqual({ mine: 1, theirs: 2 });
});
