/** Boxes of what lies on the canvas, and which nodes a group holds. */
import type { Doc, Group, Point, Size } from "./types";

export type Box = Point & Size;

/** How large nodes are drawn, by id. */
export type Sizes = ReadonlyMap<string, Size>;

const USUAL: Size = { width: 240, height: 120 };
const PADDING = 24;
const TITLE = 36;

/** The boxes of the nodes, groups and notes of `ids`; of all without it. */
export function boxes(doc: Doc, sizes: Sizes, ids?: Iterable<string>): Map<string, Box> {
  const chosen = ids && new Set(ids);
  const found = new Map<string, Box>();
  for (const { id, position } of doc.nodes) {
    const { width, height } = sizes.get(id) ?? USUAL;
    if (!chosen || chosen.has(id)) found.set(id, { ...position, width, height });
  }
  for (const { id, x, y, width, height } of [...doc.groups, ...doc.notes]) {
    if (!chosen || chosen.has(id)) found.set(id, { x, y, width, height });
  }
  return found;
}

/** The smallest box around all of `items`; null around nothing. */
export function bounds(items: Iterable<Box>): Box | null {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of items) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return left === Infinity ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

/** The box of a group that holds `items`, with room for its title. */
export function frame(items: Iterable<Box>): Box | null {
  const inner = bounds(items);
  if (!inner) return null;
  return {
    x: inner.x - PADDING,
    y: inner.y - PADDING - TITLE,
    width: inner.width + 2 * PADDING,
    height: inner.height + 2 * PADDING + TITLE,
  };
}

/** The ids of the nodes whose centre lies inside a group. */
export function membersOf(doc: Doc, group: Group, sizes: Sizes): string[] {
  const inside = ({ id, position }: Doc["nodes"][number]): boolean => {
    const { width, height } = sizes.get(id) ?? USUAL;
    const x = position.x + width / 2 - group.x;
    const y = position.y + height / 2 - group.y;
    return x >= 0 && x <= group.width && y >= 0 && y <= group.height;
  };
  return doc.nodes.filter(inside).map(({ id }) => id);
}
