/** A short explanation that appears when the pointer rests on something or it has the focus. */
import { Tooltip as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

export interface TooltipProps {
  content: ReactNode;
  children: ReactElement;
  side?: "top" | "right" | "bottom" | "left";
  /** Shown or hidden by its owner; else by the pointer and the focus. */
  open?: boolean;
}

export function Tooltip({ content, children, side = "top", open }: TooltipProps) {
  return (
    <Radix.Provider delayDuration={450} skipDelayDuration={200}>
      <Radix.Root {...(open !== undefined && { open })}>
        <Radix.Trigger asChild>{children}</Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            side={side}
            sideOffset={6}
            collisionPadding={8}
            className="z-60 max-w-72 rounded-control border border-line bg-raised px-2 py-1 text-xs text-body shadow-[var(--shadow-float)] select-none"
          >
            {content}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
