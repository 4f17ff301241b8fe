/** The picture with the mask over it: painted on with the pointer, zoomed with the wheel, moved with the middle button. */
import { useEffect, useLayoutEffect, useRef, useState, type PointerEvent, type RefObject } from "react";
import type { Point } from "@/graph/types";
import { text } from "@/strings";
import { drawSegment, redraw } from "./draw";
import type { Brush, Mark } from "./sketch";

export interface PaintSurfaceProps {
  picture: HTMLImageElement;
  base: HTMLImageElement | null;
  marks: readonly Mark[];
  brush: Brush;
  zoom: number;
  onZoom: (zoom: number) => void;
  onMark: (mark: Mark) => void;
  mask: RefObject<HTMLCanvasElement | null>;
}

export function PaintSurface({ picture, base, marks, brush, zoom, onZoom, onMark, mask }: PaintSurfaceProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const stroke = useRef<Point[] | null>(null);
  const [pointer, setPointer] = useState<Point | null>(null);
  const { naturalWidth: width, naturalHeight: height } = picture;

  useLayoutEffect(() => {
    const context = mask.current?.getContext("2d", { willReadFrequently: true });
    if (context) redraw(context, base, marks);
  }, [mask, base, marks, width, height]);
  useZoomWheel(scroller, zoom, onZoom);

  const place = (event: { clientX: number; clientY: number }): Point => {
    const box = mask.current?.getBoundingClientRect();
    return { x: (event.clientX - (box?.left ?? 0)) / zoom, y: (event.clientY - (box?.top ?? 0)) / zoom };
  };

  const extend = (to: Point) => {
    const context = mask.current?.getContext("2d");
    const points = stroke.current;
    if (!context || !points) return;
    drawSegment(context, brush, points.at(-1) ?? to, to);
    points.push(to);
  };

  const down = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.button > 1) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    if (event.button === 1) return;
    stroke.current = [];
    extend(place(event));
  };
  const move = (event: PointerEvent<HTMLCanvasElement>) => {
    setPointer(place(event));
    if (stroke.current) {
      for (const each of passedBy(event.nativeEvent)) extend(place(each));
    } else if ((event.buttons & 4) !== 0) {
      scroller.current?.scrollBy(-event.movementX, -event.movementY);
    }
  };
  const up = () => {
    const points = stroke.current;
    stroke.current = null;
    if (points && points.length > 0) onMark({ kind: "stroke", brush, points });
  };

  return (
    <div ref={scroller} className="relative grid min-h-0 flex-1 place-items-center overflow-auto bg-canvas">
      <div className="relative m-4 shrink-0" style={{ width: width * zoom, height: height * zoom }}>
        <img src={picture.src} alt="" draggable={false} className="absolute inset-0 size-full" />
        <canvas
          ref={mask}
          width={width}
          height={height}
          role="img"
          aria-label={text.widgets.painter.surface}
          data-testid="mask-surface"
          className="absolute inset-0 size-full cursor-none touch-none opacity-60"
          onPointerDown={down}
          onPointerMove={move}
          onPointerUp={up}
          onPointerCancel={up}
          onPointerLeave={() => setPointer(null)}
        />
        {pointer && <Tip at={pointer} size={brush.size * zoom} zoom={zoom} />}
      </div>
    </div>
  );
}

/** All places between two frames, where the browser tells them; it does so only on trusted connections. */
function passedBy(event: globalThis.PointerEvent): readonly globalThis.PointerEvent[] {
  const passed = "getCoalescedEvents" in event ? event.getCoalescedEvents() : [];
  return passed.length > 0 ? passed : [event];
}

/** The outline of the brush, seen on dark and on light. */
function Tip({ at, size, zoom }: { at: Point; size: number; zoom: number }) {
  return (
    <span
      aria-hidden
      className="pointer-events-none absolute rounded-full border border-white outline outline-black/60"
      style={{ left: at.x * zoom - size / 2, top: at.y * zoom - size / 2, width: size, height: size }}
    />
  );
}

/** The point under the pointer stays where it is. */
function useZoomWheel(scroller: RefObject<HTMLDivElement | null>, zoom: number, onZoom: (zoom: number) => void) {
  const anchor = useRef<{ x: number; y: number; before: number } | null>(null);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      anchor.current = { x: event.clientX - box.left, y: event.clientY - box.top, before: zoom };
      onZoom(zoom * Math.exp(-event.deltaY * 0.0015));
    };
    element.addEventListener("wheel", turn, { passive: false }); // React listens passively
    return () => element.removeEventListener("wheel", turn);
  }, [scroller, zoom, onZoom]);
  useLayoutEffect(() => {
    const element = scroller.current;
    const held = anchor.current;
    anchor.current = null;
    if (!element || !held) return;
    const factor = zoom / held.before;
    element.scrollTo((element.scrollLeft + held.x) * factor - held.x, (element.scrollTop + held.y) * factor - held.y);
  }, [scroller, zoom]);
}
