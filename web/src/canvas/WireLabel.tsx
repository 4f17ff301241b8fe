/** What flows through an edge: its type, and the shape and size of what flowed last. */
import type { ValueSummary } from "@/api/types";
import type { Point } from "@/graph/types";
import { useNodeRun } from "@/store/runs";
import { text } from "@/strings";

interface WireLabelProps {
  node: string;
  port: string;
  type: string;
  lost: boolean;
  at: Point;
}

export function WireLabel({ node, port, type, lost, at }: WireLabelProps) {
  const value = useNodeRun(node)?.outputs[port];
  return (
    <div className="wire-label" style={{ transform: `translate(-50%, -50%) translate(${at.x}px, ${at.y}px)` }}>
      {lost ? text.canvas.lostEdge : [type, value && summary(value)].filter(Boolean).join(" · ")}
    </div>
  );
}

function summary({ width, height, shape, dtype, length, value }: ValueSummary): string {
  const parts = [
    length !== null && length !== undefined ? text.canvas.listOf(length) : "",
    width && height ? `${width} × ${height} px` : "",
    shape ? shape.join(" × ") : "",
    dtype ?? "",
    typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? String(value).slice(0, 60)
      : "",
  ];
  return parts.filter(Boolean).join(" · ");
}
