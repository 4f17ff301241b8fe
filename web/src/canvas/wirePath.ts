/** The line of an edge through its reroute points. */
import { getSmoothStepPath, Position } from "@xyflow/react";
import type { Point } from "@/graph/types";
import type { Settings } from "@/store/settings";

export function wirePath(style: Settings["edgeStyle"], stops: readonly Point[]): string {
  const segments = stops.slice(1).map((to, index) => segment(style, stops[index] ?? to, to));
  return segments.join(" ");
}

function segment(style: Settings["edgeStyle"], from: Point, to: Point): string {
  switch (style) {
    case "straight":
      return `M${from.x},${from.y} L${to.x},${to.y}`;
    case "step": {
      const ends = { sourceX: from.x, sourceY: from.y, targetX: to.x, targetY: to.y };
      return getSmoothStepPath({
        ...ends,
        sourcePosition: Position.Right,
        targetPosition: Position.Left,
        borderRadius: 8,
      })[0];
    }
    case "bezier": {
      const reach = bend(to.x - from.x);
      return `M${from.x},${from.y} C${from.x + reach},${from.y} ${to.x - reach},${to.y} ${to.x},${to.y}`;
    }
  }
}

/** How far the line leaves a port before it turns; a line that goes back swings out by the root of the way. */
function bend(distance: number): number {
  return distance >= 0 ? distance / 2 : 6 * Math.sqrt(-distance);
}

/** The middle of the line, where its label stands. */
export function wireMiddle(stops: readonly Point[]): Point {
  const index = Math.floor((stops.length - 1) / 2);
  const from = stops[index] ?? { x: 0, y: 0 };
  const to = stops[index + 1] ?? from;
  return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
}

/** Before which of the reroute points between the two ends a new one goes: where the detour is the shortest. */
export function insertionIndex(stops: readonly Point[], point: Point): number {
  const detours = stops.slice(1).map((to, index) => {
    const from = stops[index] ?? to;
    return distance(from, point) + distance(point, to) - distance(from, to);
  });
  return detours.indexOf(Math.min(...detours));
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
