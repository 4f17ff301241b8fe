/** Graph documents: loading, saving, refusing. */
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyDoc, loadDoc, parseDoc, saveDoc } from "./document";
import { anyDoc } from "./testing";
import type { Doc } from "./types";

const TEMPLATES = `${import.meta.dirname}/../../../nodes/templates`;

const text = (doc: Doc): string => JSON.stringify(saveDoc(doc));
const graph = (fields: object): unknown => ({ format: "blockloom/1", ...fields });

describe("save and load", () => {
  test("keep every graph, and every character of its text", () => {
    fc.assert(
      fc.property(anyDoc, (doc) => {
        const again = parseDoc(text(doc));
        expect(again).toEqual(doc);
        expect(text(again)).toBe(text(doc));
      }),
    );
  });

  test("leave defaults out", () => {
    const doc = loadDoc(graph({ nodes: [{ id: "a", type: "t", params: {}, mode: null, position: { x: 0, y: 0 } }] }));
    expect(saveDoc(doc)).toEqual({
      format: "blockloom/1",
      name: "Untitled",
      nodes: [{ id: "a", type: "t" }],
      edges: [],
    });
  });

  test.each(readdirSync(TEMPLATES).filter((name) => name.endsWith(".json")))("keep the template %s", (name) => {
    const source = readFileSync(`${TEMPLATES}/${name}`, "utf8");
    const template = JSON.parse(source);
    const doc = parseDoc(source);
    expect(doc.nodes.map(({ id }) => id)).toEqual(template.nodes.map(({ id }: { id: string }) => id));
    expect(saveDoc(doc).edges).toEqual(template.edges);
    expect(text(parseDoc(text(doc)))).toBe(text(doc));
  });

  test("keep unknown fields wherever they are", () => {
    const saved = graph({
      name: "N",
      nodes: [{ id: "a", type: "t", position: { x: 1, y: 2, z: 3 }, color: "red", width: "wide", deep: { list: [1] } }],
      edges: [{ source: "a", sourceHandle: "o", target: "b", targetHandle: "i", animated: true, points: "none" }],
      lock: { repos: { demo: { commit: "c0ffee", by: "me" } }, tool: "x" },
      view: {
        groups: [{ id: "g", title: "G", tint: "red", x: 0, y: 0, width: 9, height: 9, locked: true }],
        theme: "dark",
      },
    });
    expect(saveDoc(loadDoc(saved))).toEqual(saved);
  });

  test("keep unknown fields of the document in the view, where the server allows them", () => {
    const doc = loadDoc(graph({ author: "me", view: { kept: { since: 1 } } }));
    expect(saveDoc(doc)).toEqual({ ...saveDoc(emptyDoc()), view: { kept: { since: 1, author: "me" } } });
  });

  test("read the canvas' own fields", () => {
    const doc = loadDoc(
      graph({
        nodes: [{ id: "a", type: "t", title: "A", width: 300, collapsed: true, advanced: false }],
        edges: [{ source: "a", sourceHandle: "o", target: "b", targetHandle: "i", points: [{ x: 1, y: 2 }] }],
        view: { viewport: { x: 1, y: 2, zoom: 0.5 }, notes: [{ text: "hi" }, 7] },
      }),
    );
    expect(doc.nodes[0]).toEqual({
      id: "a", type: "t", params: {}, position: { x: 0, y: 0 }, title: "A", width: 300, collapsed: true,
    }); // prettier-ignore
    expect(doc.edges[0]?.points).toEqual([{ x: 1, y: 2 }]);
    expect(doc.viewport).toEqual({ x: 1, y: 2, zoom: 0.5 });
    expect(doc.notes).toEqual([{ id: "note", text: "hi", tint: "grey", x: 0, y: 0, width: 280, height: 160 }]);
  });

  test("give the second of two nodes with one id a fresh one, and drop the second of two equal edges", () => {
    const edge = { source: "a", sourceHandle: "o", target: "a_2", targetHandle: "i" };
    const nodes = [{ id: "a", type: "t" }, { id: "a", type: "u" }, { id: "a_2", type: "v" }]; // prettier-ignore
    const doc = loadDoc(graph({ nodes, edges: [edge, edge] }));
    expect(doc.nodes.map(({ id, type }) => [id, type])).toEqual([["a", "t"], ["a_3", "u"], ["a_2", "v"]]); // prettier-ignore
    expect(doc.edges).toEqual([edge]);
  });
});

describe("refusals", () => {
  const deep = JSON.parse(`${'{"a":'.repeat(70)}1${"}".repeat(70)}`);

  test.each([
    [[], "A graph is a JSON object; this is a list."],
    [{ nodes: [] }, "This file is not a Blockloom graph: it does not say its format."],
    [{ format: "x" }, 'This file is not a Blockloom graph: its format is "x".'],
    [
      { format: "blockloom/2" },
      "The graph has the format blockloom/2; this Blockloom reads blockloom/1. Update Blockloom",
    ],
    [{ last_node_id: 3, nodes: [], links: [] }, "it is a ComfyUI workflow."],
    [{ "3": { class_type: "KSampler", inputs: {} } }, "it is a ComfyUI prompt in API format."],
    [{ nodes: [{ data: { module: "m", action: "a" } }], edges: [] }, "it is a Mellon graph."],
    [graph({ nodes: {} }), "The graph has an object as 'nodes'; it must be a list."],
    [graph({ nodes: [7] }), "The node nodes[0] is 7; it must be an object."],
    [graph({ nodes: [{ id: "a b", type: "t" }] }), 'has the id "a b"; an id is 1 to 64 letters'],
    [graph({ nodes: [{ id: "a" }] }), "Node a has no 'type'."],
    [graph({ nodes: [{ id: "a", type: "t", mode: "off" }] }), 'Node a has "off" as \'mode\'; it must be "bypassed"'],
    [graph({ nodes: [{ id: "a", type: "t", position: { x: "left" } }] }), "Node a has \"left\" as 'position'"],
    [graph({ edges: [{ source: "a" }] }), "The edge edges[0] has no 'sourceHandle'."],
    [graph({ lock: { repos: { demo: "main" } } }), "The graph has an object as 'lock'"],
    [graph({ view: deep }), "The graph is nested deeper than 64 levels."],
  ])("%j", (document, sentence) => {
    expect(() => loadDoc(document)).toThrow(sentence);
  });

  test("of broken JSON say line and column", () => {
    expect(() => parseDoc('{\n  "format": "blockloom/1",\n  "nodes": [1 2]\n}')).toThrow(
      "The file is not valid JSON (line 3, column 15: a comma or ] is expected). Mend it there.",
    );
  });

  test("of a byte order mark there are none", () => {
    expect(parseDoc('\uFEFF{"format": "blockloom/1"}')).toEqual(emptyDoc());
  });
});
