/** An edge: a line in the colour of what flows, through points that can be added and dragged. */
import { EdgeLabelRenderer, useReactFlow, type EdgeProps } from "@xyflow/react";
import { memo, useState, type CSSProperties } from "react";
import { setPoints } from "@/graph/commands";
import type { Point } from "@/graph/types";
import { dispatch } from "@/store/editor";
import { useSettings } from "@/store/settings";
import { cx } from "@/ui/cx";
import { familyColour } from "./tints";
import type { WireEdge } from "./flowTypes";
import { useRunning } from "./useRunning";
import { WireLabel } from "./WireLabel";
import { WirePoint } from "./WirePoint";
import { insertionIndex, wireMiddle, wirePath } from "./wirePath";

const NO_POINTS: readonly Point[] = [];

export const Wire = memo(function Wire({
  id,
  source,
  target,
  sourceX,
  sourceY,
  targetX,
  targetY,
  data,
}: EdgeProps<WireEdge>) {
  const style = useSettings((settings) => settings.edgeStyle);
  const running = useRunning(target);
  const { screenToFlowPosition } = useReactFlow();
  const [hovered, setHovered] = useState(false);
  const [dragged, setDragged] = useState<readonly Point[] | null>(null);
  if (data === undefined) return null;
  const points = dragged ?? data.edge.points ?? NO_POINTS;
  const stops = [{ x: sourceX, y: sourceY }, ...points, { x: targetX, y: targetY }];
  const path = wirePath(style, stops);
  const colour: CSSProperties & Record<"--port", string> = { "--port": familyColour(data.lost ? "any" : data.family) };
  return (
    <>
      <path
        className={cx("wire react-flow__edge-path", running && "running", data.lost && "lost")}
        d={path}
        style={colour}
      />
      <path
        className="react-flow__edge-interaction"
        d={path}
        fill="none"
        strokeOpacity={0}
        strokeWidth={16}
        onPointerEnter={() => setHovered(true)}
        onPointerLeave={() => setHovered(false)}
        onDoubleClick={(event) => {
          event.stopPropagation();
          const point = screenToFlowPosition({ x: event.clientX, y: event.clientY }, { snapToGrid: false });
          dispatch(setPoints(id, points.toSpliced(insertionIndex(stops, point), 0, point)));
        }}
      />
      {points.map((point, index) => (
        <WirePoint
          key={index}
          point={point}
          colour={colour}
          onMove={(to) => setDragged(points.with(index, to))}
          onDrop={() => {
            if (dragged) dispatch(setPoints(id, dragged));
            setDragged(null);
          }}
          onRemove={() => dispatch(setPoints(id, points.toSpliced(index, 1)))}
        />
      ))}
      {hovered && (
        <EdgeLabelRenderer>
          <WireLabel
            node={source}
            port={data.edge.sourceHandle}
            type={data.type}
            lost={data.lost}
            at={wireMiddle(stops)}
          />
        </EdgeLabelRenderer>
      )}
    </>
  );
});
