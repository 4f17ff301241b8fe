/** All edges as a few lines, for a look from afar: there thousands of them are seen, and none is touched. */
import { ViewportPortal } from "@xyflow/react";
import { memo, useMemo } from "react";
import type { Family } from "@/graph/ports";
import type { Point } from "@/graph/types";
import { useSettings } from "@/store/settings";
import type { FlowNode, WireEdge } from "./flowTypes";
import { SQUARE } from "./shapes";
import { familyColour } from "./tints";
import { wirePath } from "./wirePath";

interface FarWiresProps {
  nodes: readonly FlowNode[];
  edges: readonly WireEdge[];
}

export const FarWires = memo(function FarWires({ nodes, edges }: FarWiresProps) {
  const style = useSettings((settings) => settings.edgeStyle);
  const lines = useMemo(() => joined(nodes, edges, style), [nodes, edges, style]);
  return (
    <ViewportPortal>
      <svg className="far-wires" aria-hidden>
        {lines.map(({ key, family, path }) => (
          <path key={key} d={path} stroke={familyColour(family)} fill="none" />
        ))}
      </svg>
    </ViewportPortal>
  );
});

interface Line {
  readonly key: string;
  readonly family: Family;
  path: string;
}

function joined(
  nodes: readonly FlowNode[],
  edges: readonly WireEdge[],
  style: Parameters<typeof wirePath>[0],
): readonly Line[] {
  const places = new Map(nodes.map((node) => [node.id, node]));
  const lines = new Map<string, Line>();
  for (const { source, sourceHandle, target, targetHandle, data } of edges) {
    const from = endAt(places.get(source), sourceHandle, "source");
    const to = endAt(places.get(target), targetHandle, "target");
    if (data === undefined || from === null || to === null) continue;
    const family = data.lost ? "any" : data.family;
    const key = `${family} ${Math.floor(from.x / SQUARE)} ${Math.floor(from.y / SQUARE)}`;
    const line = lines.get(key) ?? { key, family, path: "" };
    line.path += wirePath(style, [from, ...(data.edge.points ?? []), to]);
    lines.set(key, line);
  }
  return [...lines.values()];
}

function endAt(node: FlowNode | undefined, handle: string | null | undefined, type: "source" | "target"): Point | null {
  const found = node?.handles?.find((each) => each.id === handle && each.type === type);
  return node && found ? { x: node.position.x + found.x, y: node.position.y + found.y } : null;
}
