/** A plain layout in columns for graphs that are too large for dagre: quick, without recursion, and less tidy. */
import type { Box } from "./boxes";

type Link = readonly [source: string, target: string];

/** How often each column is sorted by what its nodes are connected to. */
const SWEEPS = 6;

/**
 * Every node right of those that feed it. Within a column nodes lie in the order of their neighbours (barycentres, as in
 * Sugiyama, Tagawa and Toda, 1981), each as near to the height of its sources as the one above allows.
 */
export function layered(
  items: ReadonlyMap<string, Box>,
  links: readonly Link[],
  gaps: { readonly column: number; readonly row: number },
): Map<string, Box> {
  const into = neighbours(items, links, (link) => [link[1], link[0]]);
  const from = neighbours(items, links, (link) => [link[0], link[1]]);
  const columns = inColumns(items, into, from);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const rightwards = sweep % 2 === 0;
    sortColumns(rightwards ? columns : columns.toReversed(), rightwards ? into : from);
  }
  const placed = new Map<string, Box>();
  const centres = new Map<string, number>();
  let x = 0;
  for (const column of columns) {
    let bottom = -Infinity;
    let widest = 0;
    for (const id of column) {
      const box = items.get(id);
      if (!box) continue;
      const wished = mean(into.get(id) ?? [], centres) ?? box.height / 2;
      const y = Math.max(wished - box.height / 2, bottom + gaps.row);
      placed.set(id, { ...box, x, y });
      centres.set(id, y + box.height / 2);
      bottom = y + box.height;
      widest = Math.max(widest, box.width);
    }
    x += widest + gaps.column;
  }
  return placed;
}

/** Ids by column: one more than the rightmost source. An edge that closes a cycle does not count. */
function inColumns(items: ReadonlyMap<string, Box>, into: Neighbours, from: Neighbours): string[][] {
  const columnOf = new Map<string, number>();
  const missing = new Map([...items.keys()].map((id) => [id, into.get(id)?.length ?? 0]));
  const place = (start: string): void => {
    const ready = [start];
    for (const id of ready) {
      const columns = (into.get(id) ?? []).map((source) => columnOf.get(source) ?? -1);
      columnOf.set(id, 1 + columns.reduce((most, column) => Math.max(most, column), -1));
      for (const target of from.get(id) ?? []) {
        const left = (missing.get(target) ?? 0) - 1;
        missing.set(target, left);
        if (left === 0 && !columnOf.has(target)) ready.push(target);
      }
    }
  };
  for (const [id, sources] of into) if (sources.length === 0) place(id);
  // What is left lies on cycles or behind them: each is cut at its first node.
  for (const id of items.keys()) if (!columnOf.has(id)) place(id);
  const columns: string[][] = [];
  for (const [id, column] of columnOf) (columns[column] ??= []).push(id);
  return columns;
}

function sortColumns(columns: readonly string[][], beside: Neighbours): void {
  const rank = new Map(columns.flatMap((column) => column.map((id, index) => [id, index])));
  for (const column of columns) {
    const weight = new Map(column.map((id, index) => [id, mean(beside.get(id) ?? [], rank) ?? index]));
    column.sort((one, other) => (weight.get(one) ?? 0) - (weight.get(other) ?? 0));
    for (const [index, id] of column.entries()) rank.set(id, index);
  }
}

type Neighbours = ReadonlyMap<string, readonly string[]>;

function neighbours(items: ReadonlyMap<string, Box>, links: readonly Link[], ends: (link: Link) => Link): Neighbours {
  const found = new Map<string, string[]>([...items.keys()].map((id) => [id, []]));
  for (const link of links) {
    const [here, there] = ends(link);
    found.get(here)?.push(there);
  }
  return found;
}

function mean(ids: readonly string[], values: ReadonlyMap<string, number>): number | null {
  const known = ids.flatMap((id) => values.get(id) ?? []);
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}
