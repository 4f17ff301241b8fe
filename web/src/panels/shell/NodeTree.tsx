/** The rows of the node palette as a tree: one tab stop, arrow keys inside. */
import { useRef, useState, type KeyboardEvent } from "react";
import type { PaletteEntry } from "@/graph/search";
import { text } from "@/strings";
import { CategoryItem, EntryItem } from "./NodeTreeItem";
import type { PaletteRow } from "./paletteRows";

export interface NodeTreeProps {
  rows: readonly PaletteRow[];
  onAdd: (entry: PaletteEntry) => void;
  onFold: (category: string, open: boolean) => void;
}

export function NodeTree({ rows, onAdd, onFold }: NodeTreeProps) {
  const tree = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState("");
  const at = Math.max(
    0,
    rows.findIndex(({ key }) => key === current),
  );
  const go = (index: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (row === undefined) return;
    setCurrent(row.key);
    tree.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.key)}"]`)?.focus();
  };
  const moves: Record<string, () => void> = {
    ArrowDown: () => go(at + 1),
    ArrowUp: () => go(at - 1),
    Home: () => go(0),
    End: () => go(rows.length - 1),
    ArrowRight: () => unfold(rows[at], () => go(at + 1), onFold),
    ArrowLeft: () => foldOrLeave(rows, at, go, onFold),
    Enter: () => act(rows[at], onAdd, onFold),
    " ": () => act(rows[at], onAdd, onFold),
  };
  const key = (event: KeyboardEvent) => {
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };
  return (
    <div
      ref={tree}
      role="tree"
      aria-label={text.shell.palette.tree}
      className="min-h-0 flex-1 overflow-auto px-2 pb-3"
      onKeyDown={key}
    >
      {rows.map((row, index) => {
        const shared = { tabIndex: index === at ? 0 : -1, onFocus: () => setCurrent(row.key) };
        return row.kind === "category" ? (
          <CategoryItem key={row.key} row={row} {...shared} onFold={onFold} />
        ) : (
          <EntryItem key={row.key} row={row} {...shared} onAdd={onAdd} />
        );
      })}
    </div>
  );
}

function act(row: PaletteRow | undefined, onAdd: NodeTreeProps["onAdd"], onFold: NodeTreeProps["onFold"]): void {
  if (row?.kind === "entry") onAdd(row.entry);
  else if (row) onFold(row.category, !row.open);
}

function unfold(row: PaletteRow | undefined, next: () => void, onFold: NodeTreeProps["onFold"]): void {
  if (row?.kind !== "category") return;
  if (row.open) next();
  else onFold(row.category, true);
}

/** From an entry to its category; an open category folds. */
function foldOrLeave(
  rows: readonly PaletteRow[],
  at: number,
  go: (index: number) => void,
  onFold: NodeTreeProps["onFold"],
): void {
  const row = rows[at];
  if (row?.kind === "category") {
    if (row.open) onFold(row.category, false);
    return;
  }
  const head = rows.findLastIndex(({ kind }, index) => kind === "category" && index < at);
  if (head >= 0) go(head);
}
