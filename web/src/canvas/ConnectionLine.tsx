/** The edge that is being drawn, in the colour of what it would carry. */
import type { ConnectionLineComponentProps } from "@xyflow/react";
import { family } from "@/graph/ports";
import { nodePorts, useTab } from "@/store/editor";
import { useSettings } from "@/store/settings";
import type { FlowNode } from "./flowTypes";
import { familyColour } from "./tints";
import { wirePath } from "./wirePath";

export function ConnectionLine({ fromX, fromY, toX, toY, fromHandle }: ConnectionLineComponentProps<FlowNode>) {
  const style = useSettings((settings) => settings.edgeStyle);
  const type = useTab((tab) => {
    const ports = nodePorts(tab, fromHandle.nodeId);
    if (fromHandle.type === "source") return ports?.types?.[fromHandle.id ?? ""] ?? "any";
    return ports?.inputs?.find((port) => port.name === fromHandle.id)?.type ?? "any";
  });
  const ends = [
    { x: fromX, y: fromY },
    { x: toX, y: toY },
  ];
  return (
    <path
      className="connection-line"
      d={wirePath(style, fromHandle.type === "source" ? ends : ends.reverse())}
      style={{ stroke: familyColour(family(type)) }}
    />
  );
}
