/** Undo or redo. The name stays the same whatever is undone; the tooltip around it tells that. */
import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";

export interface HistoryButtonProps extends Omit<ComponentProps<"button">, "children"> {
  label: string;
  icon: LucideIcon;
  enabled: boolean;
}

/** Not `disabled`, which would take the focus away after the last step. */
export function HistoryButton({ label, icon: Icon, enabled, onClick, ...rest }: HistoryButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-disabled={!enabled}
      className="flex size-7 items-center justify-center rounded-control text-muted transition-colors duration-120 hover:bg-sunken hover:text-strong aria-disabled:cursor-default aria-disabled:bg-transparent aria-disabled:opacity-40 aria-disabled:hover:text-muted"
      {...rest}
      {...(enabled && { onClick })}
    >
      <Icon size={16} aria-hidden />
    </button>
  );
}
