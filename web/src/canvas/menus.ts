/** The menus of a right click: for a node, an edge, a group, a note, several of them, and the empty canvas. */
import {
  AlignHorizontalJustifyStart,
  BetweenHorizontalStart,
  BookOpen,
  BoxSelect,
  ChevronsDownUp,
  Clipboard,
  Combine,
  Copy,
  CopyPlus,
  Group,
  LayoutDashboard,
  Maximize,
  PackagePlus,
  Palette,
  Pencil,
  Play,
  Plus,
  SkipForward,
  Spline,
  StickyNote,
  Trash2,
  Ungroup,
  VolumeX,
} from "lucide-react";
import { disconnect, setAdvanced, setPoints, updateGroup, updateNote } from "@/graph/commands";
import { isBlockNode, isWholePipeline } from "@/graph/blocks";
import { edgeById, nodeById } from "@/graph/document";
import type { Alignment, Direction } from "@/graph/layout";
import type { GraphNode, Point, Tint } from "@/graph/types";
import { activeTab, dispatch, nodePorts, select } from "@/store/editor";
import { removeSelection } from "@/store/clipboard";
import { openPalette, showInspector } from "@/store/ui";
import { text } from "@/strings";
import type { MenuItem } from "@/ui/Menu";
import * as act from "./actions";
import * as blocks from "./blockActions";
import { openPaletteOnEdge } from "./insertion";
import type { Flow } from "./layouting";
import { askRename } from "./renaming";

/** What was clicked, and where on the screen. */
export interface MenuPlace extends Point {
  readonly element: EventTarget;
}

const words = text.canvas;
const TINTS: readonly Tint[] = ["grey", "red", "amber", "green", "teal", "blue", "violet", "pink"];
const ALIGNMENTS: readonly Alignment[] = ["left", "centre", "right", "top", "middle", "bottom"];
const DIRECTIONS: readonly Direction[] = ["horizontally", "vertically"];
/** ms; by then the menu has given the focus back, and a text field keeps the one it takes. */
const AFTER_MENU = 60;

export function menuAt(flow: Flow, place: MenuPlace | null): readonly MenuItem[] {
  if (place === null || !(place.element instanceof Element)) return [];
  const at = flow.screenToFlowPosition({ x: place.x, y: place.y }, { snapToGrid: false });
  const find = (selector: string, key: string) =>
    place.element instanceof Element && place.element.closest<HTMLElement>(selector)?.dataset[key];
  const edge = find(".react-flow__edge", "id");
  if (edge) return edgeMenu(flow, edge, at, place);
  const item = find("[data-node]", "node") || find("[data-group]", "group") || find("[data-note]", "note");
  if (!item) return canvasMenu(flow, at, place);
  if (!activeTab().selection.has(item)) select([item]);
  if (act.selectedItems().length > 1) return selectionMenu(flow);
  const { doc } = activeTab();
  if (nodeById(doc, item)) return nodeMenu(item);
  return frameMenu(item);
}

function nodeMenu(id: string): readonly MenuItem[] {
  const node = nodeById(activeTab().doc, id);
  const ports = nodePorts(activeTab(), id);
  const foldable = [...(ports?.inputs ?? []), ...(ports?.outputs ?? [])].some((port) => port.advanced === true);
  const open = node?.advanced === true;
  return [
    { label: words.runToHere, icon: Play, shortcut: "Ctrl+Shift+Enter", onSelect: act.runSelected },
    "separator",
    { label: text.common.rename, icon: Pencil, onSelect: () => setTimeout(() => askRename(id), AFTER_MENU) },
    ...copyItems(),
    "separator",
    ...modeItems(),
    { label: words.showAdvanced, checked: open, disabled: !foldable, onSelect: () => dispatch(setAdvanced(id, !open)) },
    ...(isBlockNode(node)
      ? blockItems(node)
      : [{ label: words.documentation, icon: BookOpen, onSelect: () => showInspector("node") }]),
    "separator",
    ...removeItems(),
  ];
}

function selectionMenu(flow: Flow): readonly MenuItem[] {
  return [
    {
      label: words.runToHere,
      icon: Play,
      shortcut: "Ctrl+Shift+Enter",
      onSelect: act.runSelected,
      disabled: act.selectedNodes().length === 0,
    },
    "separator",
    ...copyItems(),
    { label: words.group, icon: Group, shortcut: "G", onSelect: () => act.groupSelected(flow) },
    ...severalBlocksItems(),
    "separator",
    ...modeItems(),
    "separator",
    {
      label: words.align,
      icon: AlignHorizontalJustifyStart,
      items: ALIGNMENTS.map((how) => ({ label: words.alignments[how], onSelect: () => act.alignSelected(flow, how) })),
    },
    {
      label: words.distribute,
      items: DIRECTIONS.map((how) => ({
        label: words.distributions[how],
        onSelect: () => act.distributeSelected(flow, how),
      })),
    },
    { label: words.autoLayout, icon: LayoutDashboard, shortcut: "L", onSelect: () => void act.layOut(flow) },
    "separator",
    ...removeItems(),
  ];
}

/** What can be done with a node that runs a block. */
function blockItems(node: GraphNode): readonly MenuItem[] {
  const pending = nodePorts(activeTab(), node.id)?.pending === true;
  return [
    "separator",
    {
      label: isWholePipeline(node) ? words.blocks.expandStages : words.blocks.expandBlocks,
      icon: Ungroup,
      shortcut: "E",
      disabled: pending,
      onSelect: () => void blocks.expandSelected(),
    },
    {
      label: words.blocks.insert,
      icon: BetweenHorizontalStart,
      disabled: pending,
      onSelect: () => blocks.openInsert(node.id),
    },
    {
      label: words.blocks.publish,
      icon: PackagePlus,
      disabled: pending,
      onSelect: () => blocks.openPublish([node.id]),
    },
    { label: words.blocks.doc, icon: BookOpen, onSelect: () => showInspector("node") },
  ];
}

function severalBlocksItems(): readonly MenuItem[] {
  const chosen = blocks.selectedBlocks();
  if (chosen.length < 2) return [];
  return [
    "separator",
    {
      label: words.blocks.collapse,
      icon: Combine,
      shortcut: "Shift+E",
      onSelect: () => void blocks.collapseSelected(),
    },
    { label: words.blocks.publish, icon: PackagePlus, onSelect: () => blocks.openPublish(chosen) },
  ];
}

function frameMenu(id: string): readonly MenuItem[] {
  const { doc } = activeTab();
  const group = doc.groups.find((group) => group.id === id);
  const tint = group?.tint ?? doc.notes.find((note) => note.id === id)?.tint;
  const paint = (tint: Tint) => dispatch(group ? updateGroup(id, { tint }) : updateNote(id, { tint }));
  return [
    {
      label: group ? text.common.rename : words.edit,
      icon: Pencil,
      onSelect: () => setTimeout(() => askRename(id), AFTER_MENU),
    },
    {
      label: words.colour,
      icon: Palette,
      items: TINTS.map((each) => ({ label: words.tints[each], checked: each === tint, onSelect: () => paint(each) })),
    },
    ...copyItems(),
    "separator",
    {
      label: group ? words.ungroup : text.common.delete,
      icon: Trash2,
      shortcut: "Delete",
      danger: true,
      onSelect: removeSelection,
    },
  ];
}

function edgeMenu(flow: Flow, id: string, at: Point, screen: Point): readonly MenuItem[] {
  const edge = edgeById(activeTab().doc, id);
  if (edge === undefined) return [];
  const points = edge.points ?? [];
  const type = nodePorts(activeTab(), edge.source)?.types?.[edge.sourceHandle] ?? "any";
  const from = { node: edge.source, handle: edge.sourceHandle, side: "source" as const, type };
  return [
    {
      label: words.insertNode,
      icon: Plus,
      onSelect: () => openPaletteOnEdge(id, { at: { x: screen.x, y: screen.y }, flow: at, from }),
    },
    { label: words.addPoint, icon: Spline, onSelect: () => act.addPoint(flow, id, at) },
    { label: words.clearPoints, disabled: points.length === 0, onSelect: () => dispatch(setPoints(id, [])) },
    "separator",
    { label: text.common.delete, icon: Trash2, danger: true, onSelect: () => dispatch(disconnect([id])) },
  ];
}

function canvasMenu(flow: Flow, at: Point, screen: Point): readonly MenuItem[] {
  return [
    {
      label: words.addNodeMenu,
      icon: Plus,
      shortcut: "Space",
      onSelect: () => openPalette({ at: { x: screen.x, y: screen.y }, flow: at }),
    },
    {
      label: words.addNote,
      icon: StickyNote,
      shortcut: "N",
      onSelect: () => setTimeout(() => act.addNoteAt(at), AFTER_MENU),
    },
    { label: words.paste, icon: Clipboard, shortcut: "Ctrl+V", onSelect: () => void act.pasteFromClipboard(at) },
    "separator",
    { label: words.selectAll, icon: BoxSelect, shortcut: "Ctrl+A", onSelect: act.selectAll },
    { label: words.autoLayout, icon: LayoutDashboard, shortcut: "L", onSelect: () => void act.layOut(flow) },
    { label: words.fit, icon: Maximize, shortcut: "F", onSelect: () => act.fitAll(flow) },
  ];
}

function copyItems(): readonly MenuItem[] {
  return [
    { label: words.duplicate, icon: CopyPlus, shortcut: "Ctrl+D", onSelect: () => act.duplicateSelected() },
    { label: words.copy, icon: Copy, shortcut: "Ctrl+C", onSelect: () => void act.copyToClipboard() },
  ];
}

function modeItems(): readonly MenuItem[] {
  const { doc } = activeTab();
  const nodes = act.selectedNodes().map((id) => nodeById(doc, id));
  const all = (test: (node: (typeof nodes)[number]) => boolean) => nodes.length > 0 && nodes.every(test);
  const item = { disabled: nodes.length === 0 };
  const bypassed = all((node) => node?.mode === "bypassed");
  const muted = all((node) => node?.mode === "muted");
  const collapsed = all((node) => node?.collapsed === true);
  return [
    {
      ...item,
      label: words.bypass,
      icon: SkipForward,
      shortcut: "B",
      checked: bypassed,
      onSelect: () => act.toggleMode("bypassed"),
    },
    {
      ...item,
      label: words.mute,
      icon: VolumeX,
      shortcut: "M",
      checked: muted,
      onSelect: () => act.toggleMode("muted"),
    },
    { ...item, label: words.collapse, icon: ChevronsDownUp, checked: collapsed, onSelect: act.toggleCollapsed },
  ];
}

function removeItems(): readonly MenuItem[] {
  return [{ label: text.common.delete, icon: Trash2, shortcut: "Delete", danger: true, onSelect: removeSelection }];
}
