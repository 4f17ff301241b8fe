/** The dot, square or diamond at the border of a node where edges start and end. */
import { Handle, Position } from "@xyflow/react";
import { memo, type CSSProperties } from "react";
import { family, shape } from "@/graph/ports";
import { text } from "@/strings";

interface PortHandleProps {
  name: string;
  title: string;
  type: string;
  side: "source" | "target";
  /** px from the top of its row. */
  y: number;
  /** A param shows its handle only when it is needed. */
  quiet?: boolean;
  lost?: boolean;
}

export const PortHandle = memo(function PortHandle({
  name,
  title,
  type,
  side,
  y,
  quiet = false,
  lost = false,
}: PortHandleProps) {
  const style: CSSProperties & Record<"--port", string> = {
    top: y,
    "--port": `var(--port-${lost ? "any" : family(type)})`,
  };
  const label = side === "target" ? text.canvas.inputOf(title, type) : text.canvas.outputOf(title, type);
  return (
    <Handle
      id={name}
      type={side}
      position={side === "target" ? Position.Left : Position.Right}
      className="port"
      style={style}
      role="img"
      aria-label={label}
      data-shape={shape(type)}
      data-type={type}
      {...(quiet && { "data-quiet": "" })}
      {...(lost && { "data-lost": "", isConnectableStart: false, isConnectableEnd: false })}
    />
  );
});
