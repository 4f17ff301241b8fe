/** What all commands share: changing some items of a list, so that the others and an unchanged doc stay the same objects. */
import { nodeById } from "./lookup";
import type { Doc, Placement, Point } from "./types";

interface HasId {
  readonly id: string;
}

/** `items` with those of `ids` changed; the same list if `change` returned each as it was. */
export function changed<T extends HasId>(
  items: readonly T[],
  ids: { has(id: string): boolean },
  change: (item: T) => T,
): readonly T[] {
  let same = true;
  const result = items.map((item) => {
    const next = ids.has(item.id) ? change(item) : item;
    same &&= next === item;
    return next;
  });
  return same ? items : result;
}

/** `items` without those that `gone` names; the same list if it names none. */
export function without<T>(items: readonly T[], gone: (item: T) => boolean): readonly T[] {
  const left = items.filter((item) => !gone(item));
  return left.length === items.length ? items : left;
}

/** `doc` with these fields; the same doc if they are what it has. */
export function patched<T extends object>(whole: T, patch: Partial<T>): T {
  for (const key in patch) if (!Object.is(patch[key], whole[key])) return { ...whole, ...patch };
  return whole;
}

/** `doc` with nodes, groups and notes at new places. The route of an edge whose both ends move goes with them. */
export function placed(doc: Doc, placements: Readonly<Record<string, Placement>>): Doc {
  const byId = new Map(Object.entries(placements));
  const nodes = changed(doc.nodes, byId, (node) => {
    const { x, y } = byId.get(node.id) ?? node.position;
    return x === node.position.x && y === node.position.y ? node : { ...node, position: { x, y } };
  });
  const frame = <T extends HasId & Placement>(item: T): T => {
    const { x = item.x, y = item.y, width = item.width, height = item.height } = byId.get(item.id) ?? {};
    const same = x === item.x && y === item.y && width === item.width && height === item.height;
    return same ? item : { ...item, x, y, width, height };
  };
  return patched(doc, {
    nodes,
    edges: nodes === doc.nodes ? doc.edges : rerouted(doc, byId),
    groups: changed(doc.groups, byId, frame),
    notes: changed(doc.notes, byId, frame),
  });
}

/** Routes move as far as both ends do, and halfway between them where they part. */
function rerouted(doc: Doc, byId: ReadonlyMap<string, Placement>): Doc["edges"] {
  if (!doc.edges.some((edge) => edge.points)) return doc.edges;
  const way = (id: string): Point | null => {
    const [from, to] = [nodeById(doc, id)?.position, byId.get(id)];
    return from && to ? { x: to.x - from.x, y: to.y - from.y } : null;
  };
  let same = true;
  const edges = doc.edges.map((edge) => {
    const [first, second] = edge.points ? [way(edge.source), way(edge.target)] : [];
    if (!edge.points || !first || !second) return edge;
    const [dx, dy] = [(first.x + second.x) / 2, (first.y + second.y) / 2];
    if (dx === 0 && dy === 0) return edge;
    same = false;
    return { ...edge, points: edge.points.map(({ x, y }) => ({ x: x + dx, y: y + dy })) };
  });
  return same ? doc.edges : edges;
}

/** `denoise`, or `3 nodes`. */
export function count(ids: readonly string[], noun: string): string {
  return ids.length === 1 && ids[0] !== undefined ? ids[0] : `${ids.length} ${noun}s`;
}
