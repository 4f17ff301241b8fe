/** What keys and menus of the canvas do. */
import {
  addedIds,
  addGroup,
  addNote,
  arrange,
  duplicateItems,
  moveItems,
  setCollapsed,
  setMode,
  setPoints,
} from "@/graph/commands";
import { edgeById, edgeId, nodeById } from "@/graph/document";
import { freshId } from "@/graph/ids";
import { align, autoLayout, distribute, type Alignment, type Direction } from "@/graph/layout";
import type { Command, Mode, Point } from "@/graph/types";
import { activeTab, copySelection, dispatch, pasteText, select, tabOf } from "@/store/editor";
import { startRun } from "@/store/runs";
import { toast } from "@/store/toasts";
import { openPalette } from "@/store/ui";
import { text } from "@/strings";
import { boundsOf, handleAt, membersOf, sizesOf, type Flow } from "./layouting";
import { pointerOnCanvas, pointerOnScreen } from "./pointer";
import { askRename } from "./renaming";
import { insertionIndex } from "./wirePath";

export const GRID = 24;
const GROUP_PAD = 24;
const GROUP_HEAD = 36;
const NOTE_SIZE = { width: 240, height: 144 };
export const MOTION = { duration: 160 };

/** The selected nodes, without groups, notes and edges. */
export function selectedNodes(): readonly string[] {
  const { doc, selection } = activeTab();
  return [...selection].filter((id) => nodeById(doc, id) !== undefined);
}

export function runSelected(): void {
  const targets = selectedNodes();
  if (targets.length > 0) void startRun({ targets });
}

/** Dispatches what adds items, and selects these. */
export function dispatchAndSelectNew(command: Command): void {
  const before = activeTab().doc;
  dispatch(command);
  select(addedIds(before, activeTab().doc));
}

export function duplicateSelected(offset: Point = { x: GRID, y: GRID }): void {
  const { selection } = activeTab();
  if (selection.size > 0) dispatchAndSelectNew(duplicateItems([...selection], offset));
}

export function selectAll(): void {
  const { doc } = activeTab();
  select([...[...doc.nodes, ...doc.groups, ...doc.notes].map(({ id }) => id), ...doc.edges.map(edgeId)]);
}

/** Switches a mode on for the selection, or off if all of it has that mode. */
export function toggleMode(mode: Mode): void {
  const ids = selectedNodes();
  const { doc } = activeTab();
  if (ids.length === 0) return;
  dispatch(setMode(ids, ids.every((id) => nodeById(doc, id)?.mode === mode) ? null : mode));
}

export function toggleCollapsed(): void {
  const ids = selectedNodes();
  const { doc } = activeTab();
  if (ids.length > 0) dispatch(setCollapsed(ids, !ids.every((id) => nodeById(doc, id)?.collapsed === true)));
}

export function moveSelected(by: Point): void {
  const { doc, selection } = activeTab();
  const places = [...doc.nodes.map(({ id, position }) => ({ id, ...position })), ...doc.groups, ...doc.notes];
  const moved = places
    .filter(({ id }) => selection.has(id))
    .map(({ id, x, y }) => [id, { x: x + by.x, y: y + by.y }] as const);
  if (moved.length > 0) dispatch(moveItems(Object.fromEntries(moved)));
}

export function fitAll(flow: Flow): void {
  void flow.fitView({ padding: 0.12, maxZoom: 1, ...MOTION });
}

export function fitSelected(flow: Flow): void {
  const { selection } = activeTab();
  const nodes = flow.getNodes().filter(({ id }) => selection.has(id));
  void flow.fitView({ padding: 0.2, maxZoom: 1.25, ...MOTION, ...(nodes.length > 0 && { nodes }) });
}

export function groupSelected(flow: Flow): void {
  const { doc, selection } = activeTab();
  const bounds = boundsOf(flow, selection);
  if (bounds === null) return;
  const id = freshId(doc, "group");
  const place = {
    x: bounds.x - GROUP_PAD,
    y: bounds.y - GROUP_HEAD,
    width: bounds.width + 2 * GROUP_PAD,
    height: bounds.height + GROUP_PAD + GROUP_HEAD,
  };
  dispatch(addGroup({ id, title: text.canvas.newGroup, tint: "grey", ...place }));
  select([id]);
  askRename(id);
}

export function addNoteAt(at: Point): void {
  const id = freshId(activeTab().doc, "note");
  dispatch(
    addNote({ id, text: text.canvas.newNote, tint: "amber", x: Math.round(at.x), y: Math.round(at.y), ...NOTE_SIZE }),
  );
  select([id]);
  askRename(id);
}

/** Lays out the selection if it is of several nodes, else all nodes. */
export async function layOut(flow: Flow): Promise<void> {
  const { id, doc } = activeTab();
  const chosen = selectedNodes();
  const places = await autoLayout(doc, sizesOf(flow), chosen.length > 1 ? chosen : undefined);
  if (tabOf(id)?.doc.nodes !== doc.nodes) return;
  dispatch(arrange(places, text.canvas.commandNames.layout), id);
  if (chosen.length < 2) requestAnimationFrame(() => fitAll(flow));
}

export function alignSelected(flow: Flow, how: Alignment): void {
  const { doc, selection } = activeTab();
  dispatch(arrange(align(doc, sizesOf(flow), [...selection], how), text.canvas.commandNames.align));
}

export function distributeSelected(flow: Flow, how: Direction): void {
  const { doc, selection } = activeTab();
  dispatch(arrange(distribute(doc, sizesOf(flow), [...selection], how), text.canvas.commandNames.distribute));
}

/** The items that move with what is dragged: it, and what lies in dragged groups. */
export function movingWith(flow: Flow, ids: readonly string[]): ReadonlySet<string> {
  const { doc } = activeTab();
  const sizes = sizesOf(flow);
  return new Set(ids.flatMap((id) => [id, ...membersOf(doc, id, sizes)]));
}

export function openPaletteAtPointer(flow: Flow): void {
  openPalette({ at: pointerOnScreen(), flow: pointerOnCanvas(flow) });
}

/** Copies by the clipboard interface of the browser, for menus; keys go by copy events. */
export async function copyToClipboard(): Promise<void> {
  const copied = copySelection();
  if (copied === null) return;
  try {
    await navigator.clipboard.writeText(copied);
  } catch {
    tellBlocked();
  }
}

export async function pasteFromClipboard(at: Point): Promise<void> {
  try {
    pasteOrTell(await navigator.clipboard.readText(), at);
  } catch {
    tellBlocked();
  }
}

export function pasteOrTell(pasted: string, at: Point): void {
  if (!pasteText(pasted, at)) toast({ kind: "info", title: text.canvas.noNodes, text: text.canvas.noNodesText });
}

function tellBlocked(): void {
  toast({ kind: "warning", title: text.canvas.clipboardBlocked });
}

/** The selected nodes, groups and notes. */
export function selectedItems(): readonly string[] {
  const { doc, selection } = activeTab();
  return [...doc.nodes, ...doc.groups, ...doc.notes].map(({ id }) => id).filter((id) => selection.has(id));
}

/** Adds a reroute point to an edge where it makes the shortest detour. */
export function addPoint(flow: Flow, id: string, at: Point): void {
  const edge = edgeById(activeTab().doc, id);
  const from = edge && handleAt(flow, edge.source, edge.sourceHandle, "source");
  const to = edge && handleAt(flow, edge.target, edge.targetHandle, "target");
  if (!edge || !from || !to) return;
  const points = edge.points ?? [];
  dispatch(setPoints(id, points.toSpliced(insertionIndex([from, ...points, to], at), 0, at)));
}
