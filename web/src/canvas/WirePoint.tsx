/** A reroute point of an edge: dragged to move it, double-clicked to remove it. */
import { useReactFlow } from "@xyflow/react";
import { useRef, type CSSProperties } from "react";
import type { Point } from "@/graph/types";

interface WirePointProps {
  point: Point;
  colour: CSSProperties;
  onMove: (to: Point) => void;
  onDrop: () => void;
  onRemove: () => void;
}

export function WirePoint({ point, colour, onMove, onDrop, onRemove }: WirePointProps) {
  const { screenToFlowPosition } = useReactFlow();
  const dragging = useRef(false);
  const drop = () => {
    if (!dragging.current) return;
    dragging.current = false;
    onDrop();
  };
  return (
    <circle
      className="wire-point nopan"
      style={colour}
      cx={point.x}
      cy={point.y}
      r={5}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        dragging.current = true;
      }}
      onPointerMove={(event) => {
        if (dragging.current) onMove(screenToFlowPosition({ x: event.clientX, y: event.clientY }));
      }}
      onPointerUp={drop}
      onPointerCancel={drop}
      onDoubleClick={(event) => {
        event.stopPropagation();
        onRemove();
      }}
    />
  );
}
