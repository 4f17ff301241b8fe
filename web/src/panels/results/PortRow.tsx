/** One port: its mark, name, type, documentation and what belongs to it now. */
import type { ReactNode } from "react";
import type { Port } from "@/api/types";
import { Inline } from "@/ui/Inline";
import { PortMark } from "./PortMark";

/** `type`: what it carries now, where that differs from what the port declares. */
export function PortRow({ port, type = port.type, children }: { port: Port; type?: string; children?: ReactNode }) {
  return (
    <li className="grid grid-cols-[12px_minmax(0,1fr)] gap-x-2">
      <span className="flex h-[18px] items-center">
        <PortMark type={type} />
      </span>
      <div className="flex min-w-0 flex-col gap-0.5">
        <div className="flex items-baseline justify-between gap-2">
          <span className="min-w-0 truncate text-sm text-strong" title={port.name}>
            {port.title || port.name}
          </span>
          <span className="shrink-0 text-xs text-muted">{type}</span>
        </div>
        {port.description && (
          <p className="text-xs text-muted">
            <Inline>{port.description}</Inline>
          </p>
        )}
        {children}
      </div>
    </li>
  );
}
