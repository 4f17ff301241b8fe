/** What each command does to a graph. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addedIds, addGroup, addNode, addNote, arrange, connect, disconnect, duplicateItems, insertOnEdge, moveItems, moveOntoEdge, pasteItems,
  removeItems, renameDoc, renameNode, resizeNode, setAdvanced, setCollapsed, setLock, setMode, setParam, setPoints,
  updateGroup, updateNote,
} from "./commands"; // prettier-ignore
import { copyFragment } from "./clipboard";
import { edgeId, nodeById } from "./document";
import { anyCommand, anyDoc, draw, edge, node } from "./testing";
import type { Doc } from "./types";

const wires = (doc: Doc): string => doc.edges.map(edgeId).join(" ");
const ids = (doc: Doc): string => [...doc.nodes, ...doc.groups, ...doc.notes].map(({ id }) => id).join(" ");
const group = { id: "group", title: "G", tint: "red", x: 0, y: 0, width: 400, height: 300 } as const;
const note = { id: "note", text: "N", tint: "grey", x: 10, y: 20, width: 200, height: 100 } as const;

describe("edges", () => {
  test.each([
    ["a new edge goes to the end", "a->b", "a->c", false, "a.out->b.in a.out->c.in"],
    ["a single input loses the edge it had", "a->c b", "b->c", false, "b.out->c.in"],
    ["in its place", "a->c a->d b", "b->c", false, "b.out->c.in a.out->d.in"],
    ["a many input keeps it", "a->c b", "b->c", true, "a.out->c.in b.out->c.in"],
    ["a node is not connected to itself", "a", "a->a", true, ""],
  ])("%s", (_, start, drawn, many, end) => {
    expect(wires(connect(edge(drawn), { many }).apply(draw(start)))).toBe(end);
  });

  test("lose what they are told to", () => {
    expect(wires(disconnect(["a.out->b.in"]).apply(draw("a->b b->c")))).toBe("b.out->c.in");
  });

  test("take a node in between", () => {
    const doc = insertOnEdge("a.out->b.in", node("c"), "x", "y").apply(draw("a->b b->c"));
    expect(wires(doc)).toBe("a.out->c_2.x c_2.y->b.in b.out->c.in");
  });

  test("take a loose node of the graph in between, but none that has edges", () => {
    const graph = draw("a->b b->c d");
    const doc = moveOntoEdge("a.out->b.in", "d", { x: 7, y: 8 }, "x", "y").apply(graph);
    expect(wires(doc)).toBe("a.out->d.x d.y->b.in b.out->c.in");
    expect(doc.nodes.find(({ id }) => id === "d")?.position).toEqual({ x: 7, y: 8 });
    expect(moveOntoEdge("a.out->b.in", "c", { x: 7, y: 8 }, "x", "y").apply(graph)).toBe(graph);
  });

  test("are led through points, which move with their ends", () => {
    const routed = setPoints("a.out->b.in", [{ x: 50, y: 10 }]).apply(draw("a->b"));
    const moved = moveItems({ a: { x: 10, y: 0 }, b: { x: 110, y: 0 } }).apply(routed);
    expect(moved.edges[0]?.points).toEqual([{ x: 60, y: 10 }]);
    expect(moveItems({ a: { x: 10, y: 0 } }).apply(routed).edges).toBe(routed.edges);
    expect(setPoints("a.out->b.in", []).apply(routed).edges).toEqual([edge("a->b")]);
  });
});

describe("nodes", () => {
  test("get a fresh id where theirs is taken", () => {
    expect(ids(addNode(node("a")).apply(draw("a a_2")))).toBe("a a_2 a_3");
  });

  test("take their edges with them", () => {
    const doc = removeItems({ nodes: ["b"], notes: ["note"] }).apply(draw("a->b b->c a->c", { notes: [note] }));
    expect([ids(doc), wires(doc)]).toEqual(["a c", "a.out->c.in"]);
  });

  test("change a param, and take it back to the default", () => {
    const doc = setParam("a", "steps", 30).apply(draw("a b"));
    expect(doc.nodes[0]?.params).toEqual({ steps: 30 });
    expect(setParam("a", "steps", undefined).apply(doc).nodes[0]?.params).toEqual({});
  });

  test("change what the canvas shows of them, and back", () => {
    const start = draw("a");
    const there = [setMode(["a"], "muted"), renameNode("a", " A "), resizeNode("a", 300), setCollapsed(["a"], true), setAdvanced("a", true)]; // prettier-ignore
    const back = [setMode(["a"], null), renameNode("a", ""), resizeNode("a", undefined), setCollapsed(["a"], false), setAdvanced("a", false)]; // prettier-ignore
    const doc = there.reduce((each, command) => command.apply(each), start);
    expect(doc.nodes[0]).toEqual(node("a", { mode: "muted", title: "A", width: 300, collapsed: true, advanced: true }));
    expect(back.reduce((each, command) => command.apply(each), doc)).toEqual(start);
  });
});

describe("items", () => {
  test("move, and frames are resized", () => {
    const places = { a: { x: 7, y: 8 }, group: { x: 1, y: 2, width: 50, height: 60 }, note: { x: 3, y: 4 } };
    const doc = arrange(places, "tidy up").apply(draw("a b", { groups: [group], notes: [note] }));
    expect(nodeById(doc, "a")?.position).toEqual({ x: 7, y: 8 });
    expect(doc.groups).toEqual([{ ...group, ...places.group }]);
    expect(doc.notes).toEqual([{ ...note, x: 3, y: 4 }]);
  });

  test("are duplicated with the edges between them", () => {
    const start = draw("a->b b->c");
    const doc = duplicateItems(["a", "b"], { x: 20, y: 20 }).apply(start);
    expect(wires(doc)).toBe("a.out->b.in b.out->c.in a_2.out->b_2.in");
    expect(nodeById(doc, "b_2")?.position).toEqual({ x: 120, y: 20 });
    expect(addedIds(start, doc)).toEqual(["a_2", "b_2"]);
  });

  test("are pasted with their top left corner where it is wanted", () => {
    const fragment = copyFragment(draw("a->b", { notes: [{ ...note, x: -10 }] }), ["a", "b", "note"]);
    const doc = pasteItems(fragment, { x: 1000, y: 500 }).apply(draw("z"));
    expect(nodeById(doc, "a")?.position).toEqual({ x: 1010, y: 500 });
    expect(doc.notes).toEqual([{ ...note, x: 1000, y: 520 }]);
  });

  test("groups and notes are added and changed", () => {
    const steps = [addGroup(group), addGroup(group), addNote(note), updateGroup("group_2", { tint: "blue" }), updateNote("note", { text: "M" })]; // prettier-ignore
    const doc = steps.reduce((each, command) => command.apply(each), draw("a"));
    expect(ids(doc)).toBe("a group group_2 note");
    expect([doc.groups[1]?.tint, doc.notes[0]?.text]).toEqual(["blue", "M"]);
  });
});

test("names are phrases", () => {
  const names = [
    connect(edge("denoise->decode"), { many: false }), disconnect(["denoise.latents->decode.latents"]),
    setParam("a", "num_inference_steps", 1), setParam("a", "steps", undefined, "Steps"), moveItems({ a: { x: 0, y: 0 }, b: { x: 0, y: 0 } }),
    setMode(["a"], "bypassed"), setMode(["a", "b"], null), removeItems({ edges: ["x"] }), removeItems({ nodes: ["a"] }),
    removeItems({ nodes: ["a"], groups: ["g"] }), renameDoc("  "), updateNote("note", { text: "M" }), addNode(node("a", { title: "Blur" })),
  ].map(({ name }) => name); // prettier-ignore
  expect(names).toEqual([
    "connect denoise → decode", "disconnect denoise → decode",
    "change num inference steps", "reset Steps", "move 2 nodes",
    "bypass a", "enable 2 nodes", "delete the edge", "delete a",
    "delete 2 items", "rename the graph to “Untitled”", "edit the note", "add Blur",
  ]); // prettier-ignore
});

test.each([
  removeItems({ nodes: ["z"] }), moveItems({ a: { x: 0, y: 0 }, z: { x: 9, y: 9 } }), connect(edge("a->b"), { many: false }),
  connect(edge("a->b"), { many: true }), connect(edge("a->a"), { many: true }), disconnect(["x"]), setParam("a", "list", [1]),
  setParam("z", "x", 1), setParam("a", "toString", undefined), setMode(["a"], null), renameNode("a", ""), resizeNode("a", undefined), setCollapsed(["a"], false),
  setAdvanced("a", false), setPoints("a.out->b.in", []), setPoints("x", [{ x: 0, y: 0 }]), insertOnEdge("x", node("c"), "i", "o"),
  duplicateItems(["z"], { x: 1, y: 1 }), pasteItems({ nodes: [], edges: [], groups: [], notes: [] }, { x: 0, y: 0 }),
  updateGroup("group", { title: "G" }), updateNote("z", { text: "" }), renameDoc("Untitled"), setLock({}),
])("what changes nothing returns the graph itself: $name", (command) => {
  const start = setParam("a", "list", [1]).apply(draw("a->b", { groups: [group] }));
  expect(command.apply(start)).toBe(start);
}); // prettier-ignore

test("what a command leaves alone stays the same object", () => {
  fc.assert(
    fc.property(anyDoc, anyCommand, (before, command) => {
      fc.pre(command.viewport !== true);
      const after = command.apply(before);
      for (const each of after.nodes) {
        const old = nodeById(before, each.id);
        if (old && JSON.stringify(old) === JSON.stringify(each)) expect(each).toBe(old);
      }
      const all = [...after.nodes, ...after.groups, ...after.notes].map(({ id }) => id);
      expect(new Set(all).size).toBe(all.length);
      expect(new Set(after.edges.map(edgeId)).size).toBe(after.edges.length);
    }),
  );
});
