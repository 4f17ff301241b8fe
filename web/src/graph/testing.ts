/** Small graphs for tests: drawn in one line, or made up by fast-check. */
import fc from "fast-check";
import type { JsonValue } from "@/api/types";
import * as commands from "./commands";
import { emptyDoc } from "./document";
import { TINTS } from "./read";
import type { Command, Doc, GraphEdge, GraphNode, Group, Note, Point } from "./types";

/** `a.out->b.in c` as a graph with the nodes a, b, c in a row of 100 px steps; `a->b` uses the ports `out` and `in`. */
export function draw(drawing: string, changes: Partial<Doc> = {}): Doc {
  const items = drawing.split(/\s+/).filter(Boolean);
  const edges = items.filter((item) => item.includes("->")).map(edge);
  const ids = new Set(items.flatMap((item) => item.split("->").map((end) => end.split(".")[0] ?? "")));
  const nodes = [...ids].map((id, index) => node(id, { position: { x: index * 100, y: 0 } }));
  return { ...emptyDoc(), nodes, edges, ...changes };
}

export function edge(drawing: string): GraphEdge {
  const [from = "", to = ""] = drawing.split("->");
  const [source = "", sourceHandle = "out"] = from.split(".");
  const [target = "", targetHandle = "in"] = to.split(".");
  return { source, sourceHandle, target, targetHandle };
}

export function node(id: string, changes: Partial<GraphNode> = {}): GraphNode {
  return { id, type: "t.node", params: {}, position: { x: 0, y: 0 }, ...changes };
}

const ids = fc.constantFrom("a", "b", "c", "d", "a_2", "constructor", "__proto__", "note", "group");
const ports = fc.constantFrom("x", "y", "toString");
const coordinate = fc.integer({ min: -2000, max: 2000 }).map((value) => value / 2);
const point: fc.Arbitrary<Point> = fc.record({ x: coordinate, y: coordinate });
const length = fc.integer({ min: 1, max: 900 });
const tint = fc.constantFrom(...TINTS);

/** JSON that JSON.stringify keeps as it is. */
const json = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => JSON.stringify(value).length < 2000) as fc.Arbitrary<JsonValue>;
const extra = fc.dictionary(fc.constantFrom("color", "made_by", "__proto__"), json.map(settled), { minKeys: 1 });

const graphNode: fc.Arbitrary<GraphNode> = fc.record(
  {
    id: ids,
    type: fc.constantFrom("image.blur", "diffusion.block", "no.such"),
    params: fc.dictionary(ports, json.map(settled)),
    position: point,
    mode: fc.constantFrom("bypassed" as const, "muted" as const),
    title: fc.string({ minLength: 1 }),
    width: length,
    collapsed: fc.constant(true),
    advanced: fc.constant(true),
    extra,
  },
  { requiredKeys: ["id", "type", "params", "position"] },
);

const graphEdge: fc.Arbitrary<GraphEdge> = fc.record(
  {
    source: ids,
    sourceHandle: ports,
    target: ids,
    targetHandle: ports,
    points: fc.array(point, { minLength: 1 }),
    extra,
  },
  { requiredKeys: ["source", "sourceHandle", "target", "targetHandle"] },
);

const group: fc.Arbitrary<Group> = fc.record(
  { id: ids, title: fc.string(), tint, x: coordinate, y: coordinate, width: length, height: length, extra },
  { requiredKeys: ["id", "title", "tint", "x", "y", "width", "height"] },
);

const note: fc.Arbitrary<Note> = fc.record(
  { id: ids, text: fc.string(), tint, x: coordinate, y: coordinate, width: length, height: length, extra },
  { requiredKeys: ["id", "text", "tint", "x", "y", "width", "height"] },
);

/** Any graph that the canvas may hold: made by commands alone, so that ids are unique. */
export const anyDoc: fc.Arbitrary<Doc> = fc
  .record({
    nodes: fc.array(graphNode, { maxLength: 6 }),
    edges: fc.array(graphEdge, { maxLength: 8 }),
    groups: fc.array(group, { maxLength: 2 }),
    notes: fc.array(note, { maxLength: 2 }),
    viewExtra: fc.dictionary(fc.constantFrom("theme", "kept"), json.map(settled)),
    viewport: fc.option(fc.record({ x: coordinate, y: coordinate, zoom: fc.constantFrom(0.5, 1, 2) })),
    name: fc.string({ minLength: 1, maxLength: 20 }),
  })
  .map(({ nodes, edges, groups, notes, ...rest }) => {
    const steps = [
      ...nodes.map(commands.addNode),
      ...groups.map(commands.addGroup),
      ...notes.map(commands.addNote),
      ...edges.map((each) => commands.connect(each, { many: true })),
    ];
    return steps.reduce<Doc>((doc, step) => step.apply(doc), { ...emptyDoc(), ...rest });
  });

const someIds = fc.uniqueArray(ids, { minLength: 1, maxLength: 4 });
const placement = fc.record(
  { x: coordinate, y: coordinate, width: length, height: length },
  { requiredKeys: ["x", "y"] },
);
const edgeIds = graphEdge.map(({ source, sourceHandle, target, targetHandle }) => {
  return `${source}.${sourceHandle}->${target}.${targetHandle}`;
});

/** Any command a person may give. */
export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  graphNode.map(commands.addNode),
  fc
    .record({ nodes: someIds, edges: fc.array(edgeIds), groups: someIds, notes: someIds }, { requiredKeys: [] })
    .map(commands.removeItems),
  fc.dictionary(ids, point).map(commands.moveItems),
  fc.dictionary(ids, placement).map((places) => commands.arrange(places, "align")),
  fc.tuple(graphEdge, fc.boolean()).map(([each, many]) => commands.connect(each, { many })),
  fc.array(edgeIds, { minLength: 1 }).map(commands.disconnect),
  fc
    .tuple(ids, ports, fc.option(json.map(settled), { nil: undefined }))
    .map(([id, name, value]) => commands.setParam(id, name, value)),
  fc
    .tuple(someIds, fc.constantFrom("muted" as const, "bypassed" as const, null))
    .map(([each, mode]) => commands.setMode(each, mode)),
  fc.tuple(ids, fc.string()).map(([id, title]) => commands.renameNode(id, title)),
  fc.tuple(ids, fc.option(length, { nil: undefined })).map(([id, width]) => commands.resizeNode(id, width)),
  fc.tuple(someIds, fc.boolean()).map(([each, collapsed]) => commands.setCollapsed(each, collapsed)),
  fc.tuple(ids, fc.boolean()).map(([id, advanced]) => commands.setAdvanced(id, advanced)),
  fc.tuple(edgeIds, fc.array(point)).map(([id, points]) => commands.setPoints(id, points)),
  fc.tuple(edgeIds, graphNode).map(([id, each]) => commands.insertOnEdge(id, each, "x", "y")),
  fc.tuple(edgeIds, ids, point).map(([id, node, to]) => commands.moveOntoEdge(id, node, to, "x", "y")),
  fc.tuple(someIds, point).map(([each, offset]) => commands.duplicateItems(each, offset)),
  fc.tuple(anyDoc, point).map(([doc, at]) => commands.pasteItems(doc, at)),
  group.map(commands.addGroup),
  fc.tuple(ids, fc.record({ title: fc.string(), tint })).map(([id, patch]) => commands.updateGroup(id, patch)),
  note.map(commands.addNote),
  fc.tuple(ids, fc.record({ text: fc.string() })).map(([id, patch]) => commands.updateNote(id, patch)),
  fc.string().map(commands.renameDoc),
  fc.string().map((commit) => commands.setLock({ repos: { demo: { commit } } })),
  anyDoc.map((doc) => commands.replaceDoc(doc, "open")),
);

/** Without −0, which JSON does not keep. */
function settled(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
