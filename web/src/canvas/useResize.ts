/** Resizing of groups and notes: drawn at once, one command at the end. */
import type { OnResize, OnResizeEnd, OnResizeStart } from "@xyflow/react";
import { useState } from "react";
import type { Placement, Point, Size } from "@/graph/types";

interface Live {
  readonly size: Size;
  readonly shift: Point;
}

export function useResize(commit: (place: Placement) => void) {
  const [live, setLive] = useState<{ now: Live; from: Point } | null>(null);
  const onResizeStart: OnResizeStart = (_event, { x, y, width, height }) =>
    setLive({ from: { x, y }, now: { size: { width, height }, shift: { x: 0, y: 0 } } });
  const onResize: OnResize = (_event, { x, y, width, height }) =>
    setLive(
      (before) =>
        before && {
          ...before,
          now: { size: { width, height }, shift: { x: x - before.from.x, y: y - before.from.y } },
        },
    );
  const onResizeEnd: OnResizeEnd = (_event, { x, y, width, height }) => {
    setLive(null);
    commit({ x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) });
  };
  const size = live && {
    ...live.now.size,
    transform: `translate(${live.now.shift.x}px, ${live.now.shift.y}px)`,
  };
  return { size, handlers: { onResizeStart, onResize, onResizeEnd } };
}
