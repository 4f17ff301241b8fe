/** The place for a new node below others, where nothing lies yet. */
import { useReactFlow } from "@xyflow/react";
import { useCallback } from "react";
import { bounds, boxes, type Box } from "@/graph/boxes";
import type { Point } from "@/graph/types";
import { activeTab } from "@/store/editor";

const GAP = 48;
/** About a node of a block, before its ports are known. */
const ROOM = { width: 320, height: 280 };

export function usePlaceBelow(): (ids: readonly string[]) => Point {
  const { getNodes } = useReactFlow();
  return useCallback(
    (ids) => {
      const { doc } = activeTab();
      const sizes = new Map(getNodes().map(({ id, width = 0, height = 0 }) => [id, { width, height }]));
      const taken = [...boxes(doc, sizes).values()];
      const above = bounds(boxes(doc, sizes, ids).values()) ?? bounds(taken);
      if (above === null) return { x: 0, y: 0 };
      let place: Point = { x: above.x, y: above.y + above.height + GAP };
      for (;;) {
        const wished = { ...place, ...ROOM };
        const other = taken.find((box) => meets(box, wished));
        if (other === undefined) return place;
        place = { x: place.x, y: other.y + other.height + GAP };
      }
    },
    [getNodes],
  );
}

function meets(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}
