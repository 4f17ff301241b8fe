/** The tools of the mask painter. */
import { Brush as BrushIcon, Contrast, Eraser, Maximize, Redo2, Trash2, Undo2, ZoomIn, ZoomOut } from "lucide-react";
import type { ReactNode } from "react";
import { text } from "@/strings";
import { IconButton } from "@/ui/IconButton";
import { Select } from "@/ui/Select";
import { Slider } from "@/ui/Slider";
import type { Picture } from "./pictures";
import type { Brush, Mark, Sketch } from "./sketch";

const words = text.widgets.painter;

export interface PainterToolsProps {
  pictures: readonly Picture[];
  picture: string;
  onPicture: (id: string) => void;
  brush: Brush;
  largest: number;
  onBrush: (brush: Brush) => void;
  sketch: Sketch;
  onMark: (mark: Mark) => void;
  onUndo: () => void;
  onRedo: () => void;
  onZoom: (factor: number) => void;
  onFit: () => void;
  /** What ends the painting, at the right. */
  children: ReactNode;
}

export function PainterTools(props: PainterToolsProps) {
  const {
    pictures,
    picture,
    onPicture,
    brush,
    largest,
    onBrush,
    sketch,
    onMark,
    onUndo,
    onRedo,
    onZoom,
    onFit,
    children,
  } = props;
  const hardness = Math.round(brush.hardness * 100);
  return (
    <div
      role="toolbar"
      aria-label={words.title}
      className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 pt-1 pb-2"
    >
      <span className="flex">
        <IconButton
          icon={BrushIcon}
          label={words.brush}
          shortcut="B"
          active={!brush.erase}
          onClick={() => onBrush({ ...brush, erase: false })}
        />
        <IconButton
          icon={Eraser}
          label={words.eraser}
          shortcut="E"
          active={brush.erase}
          onClick={() => onBrush({ ...brush, erase: true })}
        />
      </span>
      <Labelled label={words.size} value={`${brush.size} ${words.px}`}>
        <Slider
          label={words.size}
          min={1}
          max={largest}
          value={brush.size}
          onChange={(size) => onBrush({ ...brush, size })}
        />
      </Labelled>
      <Labelled label={words.hardness} value={`${hardness} ${words.percent}`}>
        <Slider
          label={words.hardness}
          min={0}
          max={100}
          value={hardness}
          onChange={(share) => onBrush({ ...brush, hardness: share / 100 })}
        />
      </Labelled>
      <span className="flex">
        <IconButton
          icon={Undo2}
          label={words.undo}
          shortcut="Ctrl+Z"
          disabled={sketch.done.length === 0}
          onClick={onUndo}
        />
        <IconButton
          icon={Redo2}
          label={words.redo}
          shortcut="Ctrl+Shift+Z"
          disabled={sketch.undone.length === 0}
          onClick={onRedo}
        />
        <IconButton icon={Contrast} label={words.invert} onClick={() => onMark({ kind: "invert" })} />
        <IconButton icon={Trash2} label={words.clear} onClick={() => onMark({ kind: "clear" })} />
      </span>
      <span className="flex">
        <IconButton icon={ZoomOut} label={words.zoomOut} shortcut="-" onClick={() => onZoom(0.8)} />
        <IconButton icon={ZoomIn} label={words.zoomIn} shortcut="+" onClick={() => onZoom(1.25)} />
        <IconButton icon={Maximize} label={words.fit} shortcut="0" onClick={onFit} />
      </span>
      {pictures.length > 1 && (
        <Select
          className="max-w-56"
          label={words.picture}
          value={picture}
          options={pictures.map(({ id, title }, index) => ({ value: id, label: `${index + 1}. ${title}` }))}
          onChange={onPicture}
        />
      )}
      <span className="ml-auto flex gap-2">{children}</span>
    </div>
  );
}

function Labelled({ label, value, children }: { label: string; value: string; children: ReactNode }) {
  return (
    <span className="flex w-52 items-center gap-2 text-xs text-muted">
      <span aria-hidden>{label}</span>
      {children}
      <span aria-hidden className="w-12 text-right tabular-nums">
        {value}
      </span>
    </span>
  );
}
