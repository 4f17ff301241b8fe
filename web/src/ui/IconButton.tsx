/** A push button that is only an icon; its name shows as a tooltip. */
import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import type { ButtonSize } from "./Button";
import { cx } from "./cx";
import { Kbd } from "./Kbd";
import { Tooltip, type TooltipProps } from "./Tooltip";

export interface IconButtonProps extends Omit<ComponentProps<"button">, "children"> {
  label: string;
  icon: LucideIcon;
  shortcut?: string;
  /** For a button that stays pressed; undefined for one that does not. */
  active?: boolean;
  size?: ButtonSize;
  side?: NonNullable<TooltipProps["side"]>;
}

export function IconButton(props: IconButtonProps) {
  const { label, icon: Icon, shortcut, active, size = "md", side = "bottom", className, ...rest } = props;
  const hint = (
    <span className="flex items-center gap-2">
      {label}
      {shortcut !== undefined && <Kbd keys={shortcut} />}
    </span>
  );
  return (
    <Tooltip content={hint} side={side}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={active}
        className={cx(
          "inline-flex shrink-0 items-center justify-center rounded-control transition-colors duration-120",
          "disabled:pointer-events-none disabled:opacity-40",
          size === "sm" ? "size-6" : "size-7",
          active === true ? "bg-accent-soft text-accent" : "text-muted hover:bg-sunken hover:text-strong",
          className,
        )}
        {...rest}
      >
        <Icon size={size === "sm" ? 14 : 16} aria-hidden />
      </button>
    </Tooltip>
  );
}
