/** Where the pointer was last over the canvas, on the screen: where the keyboard puts new things. */
import type { Point } from "@/graph/types";
import type { Flow } from "./layouting";

let last: Point | null = null;

export function rememberPointer(at: Point | null): void {
  last = at;
}

/** The pointer, or the middle of the canvas if it is elsewhere. */
export function pointerOnScreen(): Point {
  if (last !== null) return last;
  const canvas = document.querySelector("[data-testid=canvas]")?.getBoundingClientRect();
  return canvas
    ? { x: canvas.x + canvas.width / 2, y: canvas.y + canvas.height / 2 }
    : { x: innerWidth / 2, y: innerHeight / 2 };
}

export function pointerOnCanvas(flow: Flow): Point {
  return flow.screenToFlowPosition(pointerOnScreen(), { snapToGrid: false });
}

export function isPointerOver(): boolean {
  return last !== null;
}
