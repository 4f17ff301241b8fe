/** The handles of a collapsed node: those with edges, all at its header. */
import { memo } from "react";
import type { NodePorts } from "@/api/types";
import type { NodeBox } from "@/graph/measure";
import { PortHandle } from "./PortHandle";

export const CollapsedHandles = memo(function CollapsedHandles({
  box,
  ports,
}: {
  box: NodeBox;
  ports: NodePorts | undefined;
}) {
  return box.handles.map(({ id, side, y }) => {
    const port = (side === "source" ? ports?.outputs : ports?.inputs)?.find((port) => port.name === id);
    const type = (side === "source" ? ports?.types?.[id] : undefined) ?? port?.type ?? "any";
    return (
      <PortHandle
        key={`${side} ${id}`}
        name={id}
        title={port?.title || id}
        type={type}
        side={side}
        y={y}
        lost={port === undefined}
      />
    );
  });
});
