/** Draws nodes as plain boxes. */
import type { CSSProperties } from "react";
import type { Shape } from "./shapes";

export function NodeShapes({ shapes }: { shapes: readonly Shape[] }) {
  return shapes.map(({ key, type, tint, path }) => {
    const style: CSSProperties & Record<"--tint", string> = { "--tint": tint };
    return <path key={key} className="shape" d={path} style={style} data-type={type} />;
  });
}
