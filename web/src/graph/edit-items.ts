/** Commands on items of any kind: place, delete, paste, duplicate. */
import { type Fragment, copyFragment, fragmentOrigin } from "./clipboard";
import { count, patched, placed, without } from "./edit";
import { idMaker } from "./ids";
import { edgeId } from "./lookup";
import type { Command, Doc, Placement, Point } from "./types";

interface Items {
  readonly nodes?: readonly string[];
  readonly edges?: readonly string[];
  readonly groups?: readonly string[];
  readonly notes?: readonly string[];
}

/** Deletes items, and with nodes their edges. */
export function removeItems(items: Items): Command {
  const [nodes, edges, groups, notes] = [items.nodes, items.edges, items.groups, items.notes].map(
    (ids) => new Set(ids),
  );
  return {
    name: `delete ${removal(items)}`,
    apply: (doc) =>
      patched(doc, {
        nodes: without(doc.nodes, ({ id }) => has(nodes, id)),
        edges: without(doc.edges, (edge) => {
          return has(edges, edgeId(edge)) || has(nodes, edge.source) || has(nodes, edge.target);
        }),
        groups: without(doc.groups, ({ id }) => has(groups, id)),
        notes: without(doc.notes, ({ id }) => has(notes, id)),
      }),
  };
}

/** Moves nodes, groups and notes to new positions (not by a distance). */
export function moveItems(positions: Readonly<Record<string, Point>>): Command {
  const ids = Object.keys(positions);
  return {
    name: `move ${count(ids, "node")}`,
    merge: `move ${ids.toSorted().join(" ")}`,
    apply: (doc) => placed(doc, positions),
  };
}

/** Moves like `moveItems`, and resizes groups and notes where a size is given, as one step with a name of its own. */
export function arrange(placements: Readonly<Record<string, Placement>>, name: string): Command {
  return { name, apply: (doc) => placed(doc, placements) };
}

/** Adds a copy of `fragment` with fresh ids, its top left corner at `at`. */
export function pasteItems(fragment: Fragment, at: Point): Command {
  const origin = fragmentOrigin(fragment);
  const offset = { x: at.x - origin.x, y: at.y - origin.y };
  return { name: `paste ${amount(fragment)}`, apply: (doc) => withFragment(doc, fragment, offset) };
}

/** Adds a copy of items and of the edges between them, moved by `offset`. */
export function duplicateItems(ids: readonly string[], offset: Point): Command {
  return {
    name: `duplicate ${count(ids, "node")}`,
    apply: (doc) => withFragment(doc, copyFragment(doc, ids), offset),
  };
}

/** The ids of the nodes, groups and notes that are new in `after`: what to select after a paste. */
export function addedIds(before: Doc, after: Doc): string[] {
  const known = new Set(ids(before));
  return ids(after).filter((id) => !known.has(id));
}

function withFragment(doc: Doc, fragment: Fragment, offset: Point): Doc {
  const { nodes, edges, groups, notes } = fragment;
  if (nodes.length + groups.length + notes.length === 0) return doc;
  const fresh = idMaker(doc);
  const moved = ({ x, y }: Point): Point => ({ x: x + offset.x, y: y + offset.y });
  const renamed = new Map(nodes.map(({ id }) => [id, fresh(id)]));
  const copies = edges.flatMap((edge) => {
    const [source, target] = [renamed.get(edge.source), renamed.get(edge.target)];
    if (source === undefined || target === undefined) return [];
    return [{ ...edge, source, target, ...(edge.points && { points: edge.points.map(moved) }) }];
  });
  return patched(doc, {
    nodes: joined(
      doc.nodes,
      nodes.map((node) => ({ ...node, id: renamed.get(node.id) ?? node.id, position: moved(node.position) })),
    ),
    edges: joined(doc.edges, copies),
    groups: joined(
      doc.groups,
      groups.map((group) => ({ ...group, id: fresh(group.id), ...moved(group) })),
    ),
    notes: joined(
      doc.notes,
      notes.map((note) => ({ ...note, id: fresh(note.id), ...moved(note) })),
    ),
  });
}

function joined<T>(items: readonly T[], more: readonly T[]): readonly T[] {
  return more.length > 0 ? [...items, ...more] : items;
}

function ids(doc: Doc): string[] {
  return [...doc.nodes, ...doc.groups, ...doc.notes].map(({ id }) => id);
}

function has(set: ReadonlySet<string> | undefined, id: string): boolean {
  return set?.has(id) ?? false;
}

function amount({ nodes, groups, notes }: Fragment): string {
  return count(
    [...nodes, ...groups, ...notes].map(({ id }) => id),
    nodes.length > 0 ? "node" : "item",
  );
}

/** `denoise`, `3 nodes`, `2 edges`, `4 items`. */
function removal({ nodes = [], edges = [], groups = [], notes = [] }: Items): string {
  if (groups.length + notes.length === 0 && nodes.length > 0) return count(nodes, "node");
  const all = nodes.length + edges.length + groups.length + notes.length;
  if (edges.length === all) return all === 1 ? "the edge" : `${all} edges`;
  if (all > 1) return `${all} items`;
  return groups.length > 0 ? "the group" : "the note";
}
