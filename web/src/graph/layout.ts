/** New places for nodes: laid out along their edges, aligned, distributed. The results are for `arrange`. */
import { bounds, type Box, boxes, frame, membersOf, type Sizes } from "./boxes";
import { layered } from "./layered";
import type { Doc, Placement, Point } from "./types";

export type Alignment = "left" | "centre" | "right" | "top" | "middle" | "bottom";
export type Direction = "horizontally" | "vertically";

const GAP = 40;
const COLUMN_GAP = 96;
/** Above this many nodes dagre takes seconds; far above it overflows the stack. */
const MANY = 300;

/**
 * Places for nodes (all, or those of `ids`) from left to right along their edges. Their top left corner stays where it
 * is. Groups that held some of them are fitted around their nodes; notes stay.
 */
export async function autoLayout(doc: Doc, sizes: Sizes, ids?: Iterable<string>): Promise<Record<string, Placement>> {
  const chosen = new Set(ids ?? doc.nodes.map(({ id }) => id));
  const nodes = doc.nodes.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const before = boxes(doc, sizes, nodes);
  const corner = bounds(before.values());
  if (!corner) return {};
  const after = await laidOut(doc, before);
  const start = bounds(after.values()) ?? corner;
  const places = new Map<string, Placement>();
  for (const [id, { x, y }] of after) {
    places.set(id, { x: Math.round(x - start.x + corner.x), y: Math.round(y - start.y + corner.y) });
  }
  return Object.fromEntries([...places, ...fittedGroups(doc, sizes, places)]);
}

/** Places at which the boxes of `ids` (nodes, groups, notes) are in line. */
export function align(doc: Doc, sizes: Sizes, ids: Iterable<string>, how: Alignment): Record<string, Point> {
  const found = boxes(doc, sizes, ids);
  const all = bounds(found.values());
  if (!all) return {};
  return Object.fromEntries([...found].map(([id, box]) => [id, aligned(box, all, how)]));
}

/** Places at which the boxes of `ids` have equal gaps, the outermost two staying where they are. */
export function distribute(doc: Doc, sizes: Sizes, ids: Iterable<string>, how: Direction): Record<string, Point> {
  const [start, extent] = how === "horizontally" ? (["x", "width"] as const) : (["y", "height"] as const);
  const row = [...boxes(doc, sizes, ids)].sort(([, one], [, other]) => one[start] - other[start]);
  const end = row.reduce((most, [, box]) => Math.max(most, box[start] + box[extent]), -Infinity);
  const filled = row.reduce((sum, [, box]) => sum + box[extent], 0);
  const gap = (end - (row[0]?.[1][start] ?? 0) - filled) / Math.max(1, row.length - 1);
  let next = row[0]?.[1][start] ?? 0;
  const places = row.map(([id, box]): [string, Point] => {
    const place = { x: box.x, y: box.y, [start]: Math.round(next) };
    next += box[extent] + gap;
    return [id, place];
  });
  return Object.fromEntries(places);
}

async function laidOut(doc: Doc, before: ReadonlyMap<string, Box>): Promise<Map<string, Box>> {
  const links = doc.edges
    .filter(({ source, target }) => source !== target && before.has(source) && before.has(target))
    .map(({ source, target }) => [source, target] as const);
  if (before.size > MANY) return layered(before, links, { column: COLUMN_GAP, row: GAP });
  const { Graph, layout } = await import("@dagrejs/dagre");
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: GAP, ranksep: COLUMN_GAP });
  // Numbers as names: an id such as `constructor` would meet what every object has.
  const names = new Map([...before.keys()].map((id, index) => [id, String(index)]));
  const nameOf = (id: string): string => names.get(id) ?? id;
  for (const [id, box] of before) graph.setNode(nameOf(id), { ...box });
  for (const [source, target] of links) graph.setEdge(nameOf(source), nameOf(target), {});
  layout(graph);
  const after = new Map<string, Box>();
  for (const [id, box] of before) {
    const { x, y }: Point = graph.node(nameOf(id));
    after.set(id, { ...box, x: x - box.width / 2, y: y - box.height / 2 });
  }
  return after;
}

function fittedGroups(doc: Doc, sizes: Sizes, places: ReadonlyMap<string, Placement>): [string, Box][] {
  return doc.groups.flatMap((group): [string, Box][] => {
    const members = membersOf(doc, group, sizes);
    if (!members.some((id) => places.has(id))) return [];
    const moved = [...boxes(doc, sizes, members)].map(([id, box]) => ({ ...box, ...places.get(id) }));
    const fitted = frame(moved);
    return fitted ? [[group.id, fitted]] : [];
  });
}

function aligned({ x, y, width, height }: Box, all: Box, how: Alignment): Point {
  switch (how) {
    case "left":
      return { x: all.x, y };
    case "centre":
      return { x: Math.round(all.x + (all.width - width) / 2), y };
    case "right":
      return { x: all.x + all.width - width, y };
    case "top":
      return { x, y: all.y };
    case "middle":
      return { x, y: Math.round(all.y + (all.height - height) / 2) };
    case "bottom":
      return { x, y: all.y + all.height - height };
    default:
      return assertNever(how);
  }
}

function assertNever(value: never): never {
  throw new Error(`Unexpected ${String(value)}`);
}
