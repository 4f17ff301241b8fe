/** Changes to the graph in a tab, each of which can be undone. */
import { edgeId } from "@/graph/document";
import { record, redo as redoStep, undo as undoStep } from "@/graph/history";
import type { Command, Doc, Viewport } from "@/graph/types";
import { sameMeaning } from "@/store/meaning";
import { activeTab, tabOf, updateTab, type Tab } from "@/store/tabs";

/** Applies a command to a tab, the active one by default. A command that changes nothing leaves no step to undo. */
export function dispatch(command: Command, tabId?: string): void {
  const tab = target(tabId);
  if (tab === undefined) return;
  const doc = command.apply(tab.doc);
  if (doc === tab.doc) return;
  updateTab(tab.id, { ...changed(tab, doc), history: record(tab.history, tab.doc, command, Date.now()) });
}

/** Applies a command that is no step of its own to undo, as when the seed advances after a run. */
export function amend(command: Command, tabId: string): void {
  const tab = tabOf(tabId);
  if (tab === undefined) return;
  const doc = command.apply(tab.doc);
  if (doc !== tab.doc) updateTab(tab.id, { ...changed(tab, doc), refused: tab.refused });
}

/** Takes back the last change of the active tab; returns its name, or null if there is none. */
export function undo(): string | null {
  return step(undoStep);
}

/** Makes again what was taken back last; returns its name, or null if there is none. */
export function redo(): string | null {
  return step(redoStep);
}

/** Chooses ids of nodes, groups, notes and edges. */
export function select(ids: Iterable<string>, mode: "set" | "add" | "toggle" = "set"): void {
  const tab = activeTab();
  const selection = chosen(tab.selection, ids, mode);
  if (!sameSet(selection, tab.selection)) updateTab(tab.id, { selection });
}

/** Remembers what part of the graph is in view. It is saved with the graph, but is no change of it. */
export function setViewport(viewport: Viewport, tabId?: string): void {
  const tab = target(tabId);
  if (tab !== undefined) updateTab(tab.id, { doc: { ...tab.doc, viewport } });
}

function target(tabId: string | undefined): Tab | undefined {
  return tabId === undefined ? activeTab() : tabOf(tabId);
}

function step(move: typeof undoStep): string | null {
  const tab = activeTab();
  const moved = move(tab.history, tab.doc);
  if (moved === null) return null;
  updateTab(tab.id, { ...changed(tab, moved.doc), history: moved.history });
  return moved.name;
}

/** What follows for a tab from having another document. */
function changed(tab: Tab, doc: Doc): Partial<Tab> {
  const refused = tab.refused.length > 0 && !sameMeaning(tab.doc, doc) ? [] : tab.refused;
  return { doc, dirty: true, refused, selection: remaining(tab, doc) };
}

/** The selection without what is no longer there. */
function remaining({ selection, doc: before }: Tab, doc: Doc): ReadonlySet<string> {
  const same = doc.nodes === before.nodes && doc.edges === before.edges;
  if (selection.size === 0 || (same && doc.groups === before.groups && doc.notes === before.notes)) return selection;
  const present = new Set([
    ...[...doc.nodes, ...doc.groups, ...doc.notes].map(({ id }) => id),
    ...doc.edges.map(edgeId),
  ]);
  const left = new Set([...selection].filter((id) => present.has(id)));
  return left.size === selection.size ? selection : left;
}

function chosen(
  before: ReadonlySet<string>,
  ids: Iterable<string>,
  mode: "set" | "add" | "toggle",
): ReadonlySet<string> {
  if (mode === "set") return new Set(ids);
  const selection = new Set(before);
  for (const id of ids) {
    if (mode === "toggle" && selection.has(id)) selection.delete(id);
    else selection.add(id);
  }
  return selection;
}

function sameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((id) => other.has(id));
}
