/** Moves the view to the nodes that some other part of the window asks to be shown. */
import { useStoreApi, type ReactFlowInstance } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { useFocusRequest } from "@/store/focus";
import { MOTION } from "./actions";
import type { FlowNode, WireEdge } from "./flowTypes";

export function useFocus(flow: ReactFlowInstance<FlowNode, WireEdge>): void {
  const request = useFocusRequest();
  const answered = useRef(request);
  const store = useStoreApi();
  useEffect(() => {
    if (request === null || answered.current === request) return;
    answered.current = request;
    const nodes = request.nodes.filter((id) => flow.getNode(id) !== undefined);
    if (nodes.length === 0) return;
    const { x, y, width, height } = flow.getNodesBounds(nodes);
    const { width: paneWidth, height: paneHeight, transform } = store.getState();
    const [left, top, zoom] = transform;
    const inView =
      x * zoom + left >= 0 &&
      y * zoom + top >= 0 &&
      (x + width) * zoom + left <= paneWidth &&
      (y + height) * zoom + top <= paneHeight;
    if (!request.onlyIfHidden)
      void flow.setCenter(x + width / 2, y + height / 2, { zoom: Math.max(zoom, 0.8), ...MOTION });
    else if (!inView) void flow.fitView({ nodes: nodes.map((id) => ({ id })), padding: 0.1, maxZoom: zoom, ...MOTION });
  }, [request, flow, store]);
}
