/** The whole graph in a corner, and which part of it is seen; pressing, dragging and the wheel move the view. */
import { Panel, useReactFlow } from "@xyflow/react";
import { memo, useCallback, useEffect, useMemo, useRef, type RefObject } from "react";
import { text } from "@/strings";
import type { FlowNode, WireEdge } from "./flowTypes";
import { bounds, fitted, holds, middle, type Box, type Fit } from "./miniMapFit";
import { NodeShapes } from "./NodeShapes";
import { joinedNodes } from "./shapes";
import { useView, type View } from "./useView";

/** px of the wheel that double the zoom, and px of one of its lines. */
const DOUBLING = 500;
const LINE = 25;

export const MiniMap = memo(function MiniMap({ nodes }: { nodes: readonly FlowNode[] }) {
  const map = useRef<HTMLDivElement>(null);
  const drawing = useRef<SVGSVGElement>(null);
  const seen = useRef<HTMLDivElement>(null);
  const whole = useMemo(() => bounds(nodes), [nodes]);
  const shapes = useMemo(() => joinedNodes(nodes, Infinity), [nodes]);
  const own = fitted(whole);
  /** How the map lies now; it shrinks when the view leaves the graph. */
  const place = useRef<{ view: Box; fit: Fit }>({ view: whole, fit: own });

  const follow = useCallback(
    (view: View) => {
      const fit = fitted(bounds([whole, view]));
      place.current = { view, fit };
      if (drawing.current === null || seen.current === null) return;
      drawing.current.style.transform = `${at(fit, whole)} scale(${fit.scale / fitted(whole).scale})`;
      Object.assign(seen.current.style, {
        transform: at(fit, view),
        width: `${Math.max(2, view.width * fit.scale)}px`,
        height: `${Math.max(2, view.height * fit.scale)}px`,
      });
    },
    [whole],
  );
  useView(follow);
  useHand(map, place);
  return (
    <Panel position="bottom-right" className="minimap">
      <div ref={map} role="img" aria-label={text.canvas.minimap}>
        <svg
          ref={drawing}
          width={whole.width * own.scale}
          height={whole.height * own.scale}
          viewBox={`${whole.x} ${whole.y} ${whole.width} ${whole.height}`}
        >
          <NodeShapes shapes={shapes} />
        </svg>
        <div ref={seen} className="minimap-seen" />
      </div>
    </Panel>
  );
});

function at({ x, y, scale }: Fit, corner: { x: number; y: number }): string {
  return `translate(${x + corner.x * scale}px, ${y + corner.y * scale}px)`;
}

/** Lets a hand move the view: to where it presses, and on from there. */
function useHand(map: RefObject<HTMLDivElement | null>, place: RefObject<{ view: Box; fit: Fit }>): void {
  const flow = useReactFlow<FlowNode, WireEdge>();
  useEffect(() => {
    const element = map.current;
    if (element === null) return;
    /** Where in the view the hand holds it, and how the map lay then: it shrinks below a hand that leaves the graph. */
    let hold = { x: 0, y: 0, fit: place.current.fit };
    const pointed = ({ clientX, clientY }: MouseEvent, { x, y, scale }: Fit) => {
      const { left, top } = element.getBoundingClientRect();
      return { x: (clientX - left - x) / scale, y: (clientY - top - y) / scale };
    };
    const move = (event: PointerEvent) => {
      if (!element.hasPointerCapture(event.pointerId)) return;
      const { x, y } = pointed(event, hold.fit);
      const zoom = flow.getZoom();
      void flow.setViewport({ x: (hold.x - x) * zoom, y: (hold.y - y) * zoom, zoom });
    };
    const press = (event: PointerEvent) => {
      if (event.button !== 0) return;
      const { view, fit } = place.current;
      const point = pointed(event, fit);
      const from = holds(view, point) ? point : middle(view);
      hold = { x: from.x - view.x, y: from.y - view.y, fit };
      element.setPointerCapture(event.pointerId);
      move(event);
    };
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE);
      void flow.zoomTo(flow.getZoom() * 2 ** (-pixels / DOUBLING));
    };
    element.addEventListener("pointerdown", press);
    element.addEventListener("pointermove", move);
    element.addEventListener("wheel", turn, { passive: false });
    return () => {
      element.removeEventListener("pointerdown", press);
      element.removeEventListener("pointermove", move);
      element.removeEventListener("wheel", turn);
    };
  }, [flow, map, place]);
}
