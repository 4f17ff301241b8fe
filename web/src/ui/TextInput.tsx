/** A line of text. */
import type { ComponentProps } from "react";
import { cx } from "./cx";

export const FIELD = cx(
  "w-full min-w-0 rounded-control border border-line bg-sunken text-sm text-strong transition-colors duration-120",
  "hover:border-muted/50 focus:border-accent focus:outline-none disabled:opacity-50 read-only:text-body",
  "aria-invalid:border-danger",
);

export interface TextInputProps extends Omit<ComponentProps<"input">, "size"> {
  size?: "sm" | "md";
}

export function TextInput({ size = "md", className, ...rest }: TextInputProps) {
  return (
    <input
      type="text"
      spellCheck={false}
      autoComplete="off"
      className={cx(FIELD, "px-2", size === "sm" ? "h-6" : "h-7", className)}
      {...rest}
    />
  );
}
