/** Paints a mask over a picture and hands it over as a PNG. */
import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from "react";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { maskPng } from "./draw";
import { PainterTools } from "./PainterTools";
import { PaintSurface } from "./PaintSurface";
import type { Picture } from "./pictures";
import { addMark, EMPTY, redoMark, undoMark, type Brush, type Mark } from "./sketch";

const ZOOM = { least: 0.05, most: 16 };

export interface MaskPainterProps {
  pictures: readonly Picture[];
  picture: HTMLImageElement;
  pictureId: string;
  onPicture: (id: string) => void;
  /** The mask so far. */
  base: HTMLImageElement | null;
  /** 0 to 1 while the mask is being sent; null before. */
  saving: number | null;
  onSave: (png: Blob) => void;
  onCancel: () => void;
}

export function MaskPainter({
  pictures,
  picture,
  pictureId,
  onPicture,
  base,
  saving,
  onSave,
  onCancel,
}: MaskPainterProps) {
  const longest = Math.max(picture.naturalWidth, picture.naturalHeight);
  const [sketch, setSketch] = useState(EMPTY);
  const [brush, setBrush] = useState<Brush>(() => ({
    size: Math.max(4, Math.round(longest / 12)),
    hardness: 0.8,
    erase: false,
  }));
  const [zoom, setZoom] = useState(() => fitting(picture));
  const mask = useRef<HTMLCanvasElement>(null);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => root.current?.focus(), []); // so that its keys work at once
  useEffect(() => {
    // The last undo disables its own button, and keys would go nowhere.
    if (document.activeElement?.matches("body, :disabled") === true) root.current?.focus();
  }, [sketch]);
  const zoomTo = useCallback((next: number) => setZoom(Math.min(ZOOM.most, Math.max(ZOOM.least, next))), []);
  const fit = () => setZoom(fitting(picture));
  const mark = (next: Mark) => setSketch((before) => addMark(before, next));
  const undo = () => setSketch(undoMark);
  const redo = () => setSketch(redoMark);
  const largest = Math.max(64, Math.round(longest / 2));

  const keys: Record<string, () => void> = {
    b: () => setBrush({ ...brush, erase: false }),
    e: () => setBrush({ ...brush, erase: !brush.erase }),
    "[": () => setBrush({ ...brush, size: Math.max(1, Math.round(brush.size / 1.2)) }),
    "]": () => setBrush({ ...brush, size: Math.min(largest, Math.ceil(brush.size * 1.2)) }),
    "+": () => zoomTo(zoom * 1.25),
    "-": () => zoomTo(zoom * 0.8),
    "0": fit,
    "mod+z": undo,
    "mod+shift+z": redo,
    "mod+y": redo,
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const mod = event.ctrlKey || event.metaKey ? "mod+" : "";
    const shift = mod && event.shiftKey ? "shift+" : "";
    const act = keys[mod + shift + event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation(); // the canvas behind has keys of its own
    act();
  };

  return (
    <div ref={root} tabIndex={-1} className="flex h-full flex-col outline-none" onKeyDown={onKeyDown}>
      <PainterTools
        pictures={pictures}
        picture={pictureId}
        onPicture={onPicture}
        brush={brush}
        largest={largest}
        onBrush={setBrush}
        sketch={sketch}
        onMark={mark}
        onUndo={undo}
        onRedo={redo}
        onZoom={(factor) => zoomTo(zoom * factor)}
        onFit={fit}
      >
        <Button onClick={onCancel}>{text.common.cancel}</Button>
        <Button
          variant="primary"
          disabled={saving !== null}
          onClick={() => mask.current && void maskPng(mask.current).then(onSave)}
        >
          {saving === null ? text.widgets.painter.save : text.widgets.uploading(Math.round(saving * 100))}
        </Button>
      </PainterTools>
      <PaintSurface
        picture={picture}
        base={base}
        marks={sketch.done}
        brush={brush}
        zoom={zoom}
        onZoom={zoomTo}
        onMark={mark}
        mask={mask}
      />
    </div>
  );
}

/** The zoom at which the whole picture is seen beside the tools. */
function fitting({ naturalWidth, naturalHeight }: HTMLImageElement): number {
  const zoom = Math.min((window.innerWidth - 90) / naturalWidth, (window.innerHeight - 200) / naturalHeight);
  return Math.min(ZOOM.most, Math.max(ZOOM.least, zoom));
}
