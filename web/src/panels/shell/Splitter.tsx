/** The edge of a panel that is dragged, or moved with the arrow keys, to make the panel wider or narrower. */
import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import { cx } from "@/ui/cx";

const STEP = 16;

export interface SplitterProps {
  /** Which side of the splitter its panel lies on. */
  panel: "left" | "right";
  width: number;
  min: number;
  max: number;
  label: string;
  onResize: (width: number) => void;
}

export function Splitter({ panel, width, min, max, label, onResize }: SplitterProps) {
  const start = useRef<{ x: number; width: number } | null>(null);
  const sign = panel === "left" ? 1 : -1;
  const resize = (wish: number) => onResize(Math.round(Math.min(max, Math.max(min, wish))));
  const press = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, width };
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (start.current) resize(start.current.width + sign * (event.clientX - start.current.x));
  };
  const release = () => {
    start.current = null;
  };
  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    const steps: Record<string, number> = { ArrowRight: STEP, ArrowLeft: -STEP };
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    resize(width + sign * by);
  };
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      className={cx(
        "group absolute inset-y-0 z-10 w-2 cursor-col-resize touch-none focus-visible:outline-none",
        panel === "left" ? "-right-1" : "-left-1",
      )}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
      onKeyDown={key}
    >
      <div className="mx-auto h-full w-0.5 transition-colors duration-120 group-hover:bg-line group-focus-visible:bg-accent group-active:bg-accent" />
    </div>
  );
}
