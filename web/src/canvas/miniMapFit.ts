/** How the whole graph lies in its overview. */
import type { Point } from "@/graph/types";
import type { FlowNode } from "./flowTypes";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the graph's origin lies, and px per unit of the graph. */
export interface Fit {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

const WIDTH = 168;
const HEIGHT = 112;
const PADDING = 6;

/** What holds all the boxes. */
export function bounds(boxes: readonly (FlowNode | Box)[]): Box {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const box of boxes) {
    const { x, y } = "position" in box ? box.position : box;
    const { width = 0, height = 0 } = box;
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return boxes.length === 0
    ? { x: 0, y: 0, width: 1, height: 1 }
    : { x: left, y: top, width: right - left, height: bottom - top };
}

/** How `box` lies in the middle of the overview, as large as it can be. */
export function fitted({ x, y, width, height }: Box): Fit {
  const scale = Math.min((WIDTH - 2 * PADDING) / width, (HEIGHT - 2 * PADDING) / height);
  return { x: (WIDTH - width * scale) / 2 - x * scale, y: (HEIGHT - height * scale) / 2 - y * scale, scale };
}

export function holds({ x, y, width, height }: Box, point: Point): boolean {
  return point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;
}

export function middle({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 };
}
