/** Turns wheel, drag and pinch over an element into zoom and pan. */
import { useCallback, useRef, type PointerEvent, type RefCallback } from "react";
import type { Point } from "@/graph/types";
import type { Look } from "./useView";

const WHEEL_SPEED = 0.0022;

export function usePointers({ zoom, pan }: Look) {
  const pointers = useRef(new Map<number, Point>());

  // React listens to wheels passively; here the page must not scroll or zoom.
  const wheelRef: RefCallback<HTMLElement> = useCallback(
    (element) => {
      if (!element) return;
      const turn = (event: WheelEvent) => {
        event.preventDefault();
        const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 20 : event.deltaY;
        zoom(Math.exp(-pixels * WHEEL_SPEED * (event.ctrlKey ? 4 : 1)), fromCentre(element, event));
      };
      element.addEventListener("wheel", turn, { passive: false });
      return () => element.removeEventListener("wheel", turn);
    },
    [zoom],
  );

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    if (!other) {
      pan({ x: now.x - before.x, y: now.y - before.y });
      return;
    }
    const middle = { clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 };
    pan({ x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 });
    zoom(distance(now, other) / Math.max(1, distance(before, other)), fromCentre(event.currentTarget, middle));
  };
  const release = (event: PointerEvent) => pointers.current.delete(event.pointerId);
  return { wheelRef, handlers: { onPointerDown, onPointerMove, onPointerUp: release, onPointerCancel: release } };
}

/** Where an event happened, from the centre of an element. */
export function fromCentre(element: Element, event: { clientX: number; clientY: number }): Point {
  const box = element.getBoundingClientRect();
  return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
