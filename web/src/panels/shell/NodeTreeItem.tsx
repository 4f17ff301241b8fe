/** The two kinds of rows in the node palette: a category, and a node to add. */
import { ChevronRight } from "lucide-react";
import type { PaletteEntry } from "@/graph/search";
import { cx } from "@/ui/cx";
import { Tooltip } from "@/ui/Tooltip";
import { categoryColour } from "@/canvas/tints";
import { dragNode } from "./nodeDrag";
import type { CategoryRow, EntryRow } from "./paletteRows";

const ROW = cx(
  "flex h-7 items-center gap-2 rounded-control px-2 text-sm select-none",
  "[contain-intrinsic-size:auto_28px] [content-visibility:auto] focus-visible:outline-offset-[-2px]",
);

interface RowProps {
  tabIndex: number;
  onFocus: () => void;
}

export interface CategoryItemProps extends RowProps {
  row: CategoryRow;
  onFold: (category: string, open: boolean) => void;
}

export function CategoryItem({ row, onFold, ...rest }: CategoryItemProps) {
  return (
    <div
      role="treeitem"
      aria-level={1}
      aria-expanded={row.open}
      data-row={row.key}
      className={cx(ROW, "mt-1 cursor-pointer text-xs font-medium text-muted hover:text-strong")}
      onClick={() => onFold(row.category, !row.open)}
      {...rest}
    >
      <ChevronRight
        size={12}
        className={cx("shrink-0 transition-transform duration-120", row.open && "rotate-90")}
        aria-hidden
      />
      <span className="flex-1 truncate">{row.category}</span>
      <span className="tabular-nums">{row.count}</span>
    </div>
  );
}

export interface EntryItemProps extends RowProps {
  row: EntryRow;
  onAdd: (entry: PaletteEntry) => void;
}

export function EntryItem({ row: { key, entry }, onAdd, ...rest }: EntryItemProps) {
  const item = (
    <div
      role="treeitem"
      aria-level={2}
      draggable
      data-row={key}
      className={cx(ROW, "cursor-grab text-body hover:bg-sunken hover:text-strong active:cursor-grabbing")}
      onDoubleClick={() => onAdd(entry)}
      onDragStart={(event) => dragNode(event, { type: entry.type, params: entry.params, title: entry.title })}
      {...rest}
    >
      <span
        aria-hidden
        className="h-3.5 w-1 shrink-0 rounded-full"
        style={{ background: categoryColour(entry.category) }}
      />
      <span className="truncate">{entry.title}</span>
    </div>
  );
  return entry.description === "" ? (
    item
  ) : (
    <Tooltip content={entry.description} side="right">
      {item}
    </Tooltip>
  );
}
