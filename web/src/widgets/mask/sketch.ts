/** What was painted, as a list of marks that can be taken back one by one. */
import type { Point } from "@/graph/types";

export interface Brush {
  /** Diameter in px of the picture. */
  readonly size: number;
  /** The share of the radius that is fully covered, 0 to 1. */
  readonly hardness: number;
  readonly erase: boolean;
}

export type Mark =
  | { readonly kind: "stroke"; readonly brush: Brush; readonly points: readonly Point[] }
  | { readonly kind: "clear" }
  | { readonly kind: "invert" };

export interface Sketch {
  readonly done: readonly Mark[];
  readonly undone: readonly Mark[];
}

export const EMPTY: Sketch = { done: [], undone: [] };

export function addMark(sketch: Sketch, mark: Mark): Sketch {
  return { done: [...sketch.done, mark], undone: [] };
}

export function undoMark(sketch: Sketch): Sketch {
  const last = sketch.done.at(-1);
  return last ? { done: sketch.done.slice(0, -1), undone: [last, ...sketch.undone] } : sketch;
}

export function redoMark(sketch: Sketch): Sketch {
  const [next, ...rest] = sketch.undone;
  return next ? { done: [...sketch.done, next], undone: rest } : sketch;
}

/** Where a brush is set down between two points, without the first: close enough to look like one line. */
export function dabs(from: Point, to: Point, brush: Brush): readonly Point[] {
  const spacing = Math.max(0.5, brush.size * 0.08);
  const count = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / spacing));
  return Array.from({ length: count }, (_, index) => {
    const share = (index + 1) / count;
    return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
  });
}
