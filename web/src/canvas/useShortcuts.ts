/** The keys of the canvas, and copy and paste by the system's clipboard. */
import { useEffect } from "react";
import { activeTab, copySelection, cutSelection, redo, select, undo } from "@/store/editor";
import { removeSelection } from "@/store/clipboard";
import { startRun } from "@/store/runs";
import { saveTab } from "@/store/saving";
import { openDialog, useUi } from "@/store/ui";
import * as act from "./actions";
import * as blocks from "./blockActions";
import { takeFiles } from "./files";
import type { Flow } from "./layouting";
import { openNodeFinder } from "./NodeFinder";
import { isPointerOver, pointerOnCanvas, pointerOnScreen } from "./pointer";

type Action = (flow: Flow) => void;

/** By key; `ctrl` also stands for Cmd. */
const KEYS: Readonly<Record<string, Action>> = {
  " ": act.openPaletteAtPointer,
  "ctrl+z": () => undo(),
  "ctrl+shift+z": () => redo(),
  "ctrl+y": () => redo(),
  "ctrl+d": () => act.duplicateSelected(),
  "ctrl+a": act.selectAll,
  delete: removeSelection,
  backspace: removeSelection,
  escape: () => select([]),
  f: act.fitAll,
  ".": act.fitSelected,
  g: act.groupSelected,
  n: (flow) => act.addNoteAt(pointerOnCanvas(flow)),
  m: () => act.toggleMode("muted"),
  b: () => act.toggleMode("bypassed"),
  l: (flow) => void act.layOut(flow),
  e: () => void blocks.expandSelected(),
  "shift+e": () => void blocks.collapseSelected(),
  "/": () => openNodeFinder(pointerOnScreen()),
  "?": () => openDialog({ kind: "shortcuts" }),
  "shift+?": () => openDialog({ kind: "shortcuts" }),
  "shift+/": () => openNodeFinder(pointerOnScreen()),
  arrowleft: () => act.moveSelected({ x: -act.GRID, y: 0 }),
  arrowright: () => act.moveSelected({ x: act.GRID, y: 0 }),
  arrowup: () => act.moveSelected({ x: 0, y: -act.GRID }),
  arrowdown: () => act.moveSelected({ x: 0, y: act.GRID }),
  "shift+arrowleft": () => act.moveSelected({ x: -1, y: 0 }),
  "shift+arrowright": () => act.moveSelected({ x: 1, y: 0 }),
  "shift+arrowup": () => act.moveSelected({ x: 0, y: -1 }),
  "shift+arrowdown": () => act.moveSelected({ x: 0, y: 1 }),
};

/** These work while a text is written, too. */
const ALWAYS: Readonly<Record<string, Action>> = {
  "ctrl+s": () => void saveTab(),
  "ctrl+enter": () => void startRun(),
  "ctrl+shift+enter": act.runSelected,
  "ctrl+alt+enter": act.runSelected,
};

export function useShortcuts(flow: Flow): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const action = event.defaultPrevented || isBusy() ? undefined : actionOf(event);
      if (action === undefined) return;
      event.preventDefault();
      action(flow);
    };
    const onCopy = (event: ClipboardEvent) => fill(event, copySelection);
    const onCut = (event: ClipboardEvent) => fill(event, cutSelection);
    const onPaste = (event: ClipboardEvent) => {
      if (isWriting(event.target) || isBusy() || event.clipboardData === null) return;
      event.preventDefault();
      const at = pointerOnCanvas(flow);
      const files = [...event.clipboardData.files];
      if (files.length > 0) void takeFiles(files, at);
      else act.pasteOrTell(event.clipboardData.getData("text/plain"), at);
    };
    addEventListener("keydown", onKey);
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCut);
    document.addEventListener("paste", onPaste);
    return () => {
      removeEventListener("keydown", onKey);
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCut);
      document.removeEventListener("paste", onPaste);
    };
  }, [flow]);
}

function actionOf(event: KeyboardEvent): Action | undefined {
  const key = chord(event);
  const always = ALWAYS[key];
  if (always) return always;
  if (isWriting(event.target)) return undefined;
  if (key === "tab") return tabOpensPalette() ? act.openPaletteAtPointer : undefined;
  if (key === "enter") return selectFocused(event.target) ?? enterSelected(event.target);
  if (key === " " && isPressable(event.target)) return undefined;
  if (key.includes("arrow") && (activeTab().selection.size === 0 || isPressable(event.target))) return undefined;
  return KEYS[key];
}

function chord({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  const parts = [ctrlKey || metaKey ? "ctrl" : "", altKey ? "alt" : "", shiftKey ? "shift" : "", key.toLowerCase()];
  return parts.filter(Boolean).join("+");
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("input:not([type=checkbox]), textarea, select, [contenteditable=true]") !== null
  );
}

function isPressable(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("button, a, input, summary, [role^=menu], [role=tab], [role=option], [role=slider]") !== null
  );
}

/** While a dialog or menu is open, keys are for it. */
function isBusy(): boolean {
  const { dialog, palette } = useUi.getState();
  return dialog !== null || palette !== null || document.querySelector("[role=dialog], [role=menu]") !== null;
}

/** Tab keeps its usual meaning for who walks through the page with it. */
function tabOpensPalette(): boolean {
  const focused = document.activeElement;
  return isPointerOver() && (focused === null || focused === document.body || !focused.matches(":focus-visible"));
}

function selectFocused(target: EventTarget | null): Action | undefined {
  const node =
    target instanceof HTMLElement && target.classList.contains("react-flow__node") ? target.dataset["id"] : undefined;
  return node === undefined || activeTab().selection.has(node) ? undefined : () => select([node]);
}

/** Into the first field of the one node that is selected, unless something else wants the key. */
function enterSelected(target: EventTarget | null): Action | undefined {
  const [id, ...others] = activeTab().selection;
  if (id === undefined || others.length > 0 || isPressable(target)) return undefined;
  const fields = `[data-node="${CSS.escape(id)}"] [data-param] :is(input, textarea, button)`;
  const field = document.querySelector<HTMLElement>(fields);
  return field ? () => field.focus() : undefined;
}

function fill(event: ClipboardEvent, take: () => string | null): void {
  const marked = getSelection();
  if (isWriting(event.target) || isBusy() || (marked !== null && !marked.isCollapsed)) return;
  const taken = take();
  if (taken === null) return;
  event.clipboardData?.setData("text/plain", taken);
  event.preventDefault();
}
