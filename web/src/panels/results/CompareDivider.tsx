/** The line between two compared pictures: dragged, or moved with the arrow keys. */
import { MoveHorizontal } from "lucide-react";
import type { KeyboardEvent, PointerEvent } from "react";
import type { Size } from "@/graph/types";
import { text } from "@/strings";
import { percent } from "@/ui/format";
import { fromCentre } from "./usePointers";
import { clampPart, dividerAt, partAt, type View } from "./view";

interface Props {
  part: number;
  onChange: (part: number) => void;
  view: View;
  picture: Size;
}

const STEP = 0.02;

export function CompareDivider({ part, onChange, view, picture }: Props) {
  const drag = (event: PointerEvent<HTMLElement>) => {
    const frame = event.currentTarget.parentElement;
    if (frame && event.currentTarget.hasPointerCapture(event.pointerId)) {
      onChange(partAt(fromCentre(frame, event).x, view, picture));
    }
  };
  const start = (event: PointerEvent<HTMLElement>) => {
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const press = (event: KeyboardEvent) => {
    const next = moveByKey(event.key, part, event.shiftKey ? 5 * STEP : STEP);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(next);
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={text.results.lightbox.divider}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(part * 100)}
      aria-valuetext={percent(part)}
      className="group absolute inset-y-0 left-1/2 z-10 flex focus-visible:outline-none w-8 cursor-ew-resize touch-none items-center justify-center"
      style={{ transform: `translateX(calc(-50% + ${dividerAt(part, view, picture)}px))` }}
      onPointerDown={start}
      onPointerMove={drag}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={press}
    >
      <span className="absolute inset-y-0 w-0.5 bg-white shadow-[0_0_0_1px_rgb(0_0_0/0.35)]" />
      <span className="relative flex size-7 items-center outline-offset-2 outline-accent group-focus-visible:outline-2 justify-center rounded-full bg-white text-black shadow-[var(--shadow-float)]">
        <MoveHorizontal size={14} aria-hidden />
      </span>
    </div>
  );
}

function moveByKey(key: string, part: number, step: number): number | null {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return clampPart(part - step);
    case "ArrowRight":
    case "ArrowUp":
      return clampPart(part + step);
    case "Home":
      return 0;
    case "End":
      return 1;
    default:
      return null;
  }
}
