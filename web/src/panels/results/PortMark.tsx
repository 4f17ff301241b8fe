/** The mark of a port's type: its colour by family, its shape by how many and what it carries. */
import { family, shape } from "@/graph/ports";
import { cx } from "@/ui/cx";

export function PortMark({ type, className }: { type: string; className?: string }) {
  const form = shape(type);
  return (
    <span
      aria-hidden
      className={cx(
        "inline-block size-2 shrink-0",
        form === "circle" && "rounded-full",
        form === "square" && "rounded-[1px]",
        form === "diamond" && "rotate-45 rounded-[1px]",
        className,
      )}
      style={{ background: `var(--port-${family(type)})` }}
    />
  );
}
