/** What the node palette lists: categories with their entries, or what a search finds, as one flat list of rows. */
import type { PaletteEntry } from "@/graph/search";
import { entryTexts, fuzzy } from "@/graph/search";

export interface CategoryRow {
  kind: "category";
  key: string;
  category: string;
  count: number;
  open: boolean;
}

export interface EntryRow {
  kind: "entry";
  key: string;
  entry: PaletteEntry;
}

export type PaletteRow = CategoryRow | EntryRow;

/** With a query the best matches come first, without categories; else the categories in the order of their entries. */
export function paletteRows(
  entries: readonly PaletteEntry[],
  query: string,
  folded: ReadonlySet<string>,
): readonly PaletteRow[] {
  if (query.trim() !== "") return fuzzy(query, entries, entryTexts).map(entryRow);
  return [...byCategory(entries)].flatMap(([category, members]) => {
    const open = !folded.has(category);
    const head: CategoryRow = { kind: "category", key: `category ${category}`, category, count: members.length, open };
    return open ? [head, ...members.map(entryRow)] : [head];
  });
}

function entryRow(entry: PaletteEntry): EntryRow {
  return { kind: "entry", key: entry.id, entry };
}

function byCategory(entries: readonly PaletteEntry[]): Map<string, PaletteEntry[]> {
  const groups = new Map<string, PaletteEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.category);
    if (group) group.push(entry);
    else groups.set(entry.category, [entry]);
  }
  return groups;
}
