/** The boxes of all nodes for a look from afar. The nodes themselves lie over them, and draw what differs. */
import { ViewportPortal } from "@xyflow/react";
import { memo, useMemo } from "react";
import type { FlowNode } from "./flowTypes";
import { NodeShapes } from "./NodeShapes";
import { joinedNodes } from "./shapes";

export const FarNodes = memo(function FarNodes({ nodes }: { nodes: readonly FlowNode[] }) {
  const shapes = useMemo(() => joinedNodes(nodes.filter(({ type }) => type === "block")), [nodes]);
  return (
    <ViewportPortal>
      <svg className="far-nodes" aria-hidden>
        <NodeShapes shapes={shapes} />
      </svg>
    </ViewportPortal>
  );
});
