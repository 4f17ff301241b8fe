/** A push button with words on it. */
import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { cx } from "./cx";

type ButtonVariant = "primary" | "default" | "ghost" | "danger";
export type ButtonSize = "sm" | "md";

const LOOKS: Record<ButtonVariant, string> = {
  primary: "border-transparent bg-accent text-on-accent hover:brightness-110 active:brightness-95",
  default: "border-line bg-raised text-strong hover:bg-sunken active:bg-line/60",
  ghost: "border-transparent bg-transparent text-body hover:bg-sunken active:bg-line/60",
  danger: "border-danger/40 bg-transparent text-danger hover:bg-danger/10 active:bg-danger/15",
};

const SIZES: Record<ButtonSize, string> = { sm: "h-6 px-2 text-xs", md: "h-7 px-3 text-sm" };

export interface ButtonProps extends ComponentProps<"button"> {
  variant?: ButtonVariant;
  size?: ButtonSize;
  icon?: LucideIcon;
}

export function Button({ variant = "default", size = "md", icon: Icon, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={cx(
        "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-control border font-medium whitespace-nowrap",
        "transition-colors duration-120 select-none disabled:pointer-events-none disabled:opacity-50",
        LOOKS[variant],
        SIZES[size],
        className,
      )}
      {...rest}
    >
      {Icon && <Icon size={14} aria-hidden />}
      {children}
    </button>
  );
}
