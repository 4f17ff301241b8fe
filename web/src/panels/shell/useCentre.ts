/** The place for a new node in the middle of what is seen of the canvas. */
import { useReactFlow, useStoreApi } from "@xyflow/react";
import { useCallback } from "react";
import type { Point } from "@/graph/types";
import { activeTab } from "@/store/editor";

/** About half a node, so that it looks centred; and how far each further one is put aside. */
const HALF = { x: 140, y: 90 };
const STEP = 28;

export function useCentre(): () => Point {
  const { screenToFlowPosition } = useReactFlow();
  const flow = useStoreApi();
  return useCallback(() => {
    const box = flow.getState().domNode?.getBoundingClientRect();
    const middle = box ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : { x: 0, y: 0 };
    const { x, y } = screenToFlowPosition(middle);
    return freePlace({ x: x - HALF.x, y: y - HALF.y });
  }, [screenToFlowPosition, flow]);
}

/** Nodes added one after the other lie staggered, not on top of each other. */
function freePlace(wish: Point): Point {
  const { nodes } = activeTab().doc;
  const taken = ({ x, y }: Point) =>
    nodes.some(({ position }) => Math.abs(position.x - x) < STEP / 2 && Math.abs(position.y - y) < STEP / 2);
  let free = wish;
  while (taken(free)) free = { x: free.x + STEP, y: free.y + STEP };
  return free;
}
