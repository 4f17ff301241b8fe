/** A small panel that floats beside its trigger. */
import { Popover as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { cx } from "./cx";

interface PopoverProps {
  trigger: ReactElement;
  children: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  align?: "start" | "center" | "end";
  side?: "top" | "right" | "bottom" | "left";
  label?: string;
  className?: string;
}

export function Popover(props: PopoverProps) {
  const { trigger, children, open, onOpenChange, align = "start", side = "bottom", label, className } = props;
  return (
    <Radix.Root {...(open !== undefined && { open })} {...(onOpenChange && { onOpenChange })}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          className={cx(POPOVER_BOX, className ?? "p-3")}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export const POPOVER_BOX = cx(
  "z-50 max-w-[min(480px,90vw)] rounded-control border border-line bg-raised text-sm text-body outline-none",
  "shadow-[var(--shadow-float)] nokey nowheel nopan nodrag",
);
