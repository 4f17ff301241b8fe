/** Tells the style sheet while the view is moved by a hand and keeps its zoom: then it is painted once, and pushed. */
import type { OnMove } from "@xyflow/react";
import { useMemo, useRef, type RefObject } from "react";
import { setViewport } from "@/store/editor";

export function usePanning(canvas: RefObject<HTMLElement | null>) {
  const zoom = useRef(1);
  return useMemo(() => {
    const mark = (panning: boolean) => canvas.current?.toggleAttribute("data-panning", panning);
    const onMoveStart: OnMove = (_event, viewport) => {
      zoom.current = viewport.zoom;
    };
    const onMove: OnMove = (event, viewport) => {
      mark(event !== null && event.type !== "wheel" && viewport.zoom === zoom.current);
    };
    const onMoveEnd: OnMove = (_event, viewport) => {
      mark(false);
      setViewport(viewport);
    };
    return { onMoveStart, onMove, onMoveEnd };
  }, [canvas]);
}
