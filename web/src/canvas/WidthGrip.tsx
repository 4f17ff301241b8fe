/** The right border of a node, dragged to change its width. */
import { useStoreApi } from "@xyflow/react";
import { useRef } from "react";
import { resizeNode } from "@/graph/commands";
import { dispatch } from "@/store/editor";
import { text } from "@/strings";

export function WidthGrip({ id, width }: { id: string; width: number }) {
  const flow = useStoreApi();
  const start = useRef<{ x: number; width: number } | null>(null);
  return (
    <div
      className="node-grip nodrag nopan"
      title={text.canvas.resize}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => {
        if (start.current === null) return;
        const zoom = flow.getState().transform[2];
        dispatch(resizeNode(id, Math.round(start.current.width + (event.clientX - start.current.x) / zoom)));
      }}
      onPointerUp={() => (start.current = null)}
      onPointerCancel={() => (start.current = null)}
    />
  );
}
