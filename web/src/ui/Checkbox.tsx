/** A box to tick, with its words unless they stand elsewhere. */
import { Check } from "lucide-react";
import { Checkbox as Radix } from "radix-ui";
import { useId } from "react";
import { cx } from "./cx";

export interface CheckboxProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: string;
  /** The label is only for screen readers. */
  hideLabel?: boolean;
  disabled?: boolean;
  className?: string;
}

export function Checkbox({ checked, onChange, label, hideLabel = false, disabled = false, className }: CheckboxProps) {
  const id = useId();
  return (
    <span className={cx("inline-flex items-center gap-2", className)}>
      <Radix.Root
        id={id}
        checked={checked}
        disabled={disabled}
        aria-label={label}
        onCheckedChange={(state) => onChange(state === true)}
        className={cx(
          "flex size-4 shrink-0 items-center justify-center rounded border border-line bg-sunken text-on-accent",
          "transition-colors duration-120 hover:border-muted disabled:opacity-50",
          "data-[state=checked]:border-strong data-[state=checked]:bg-strong data-[state=checked]:text-surface",
        )}
      >
        <Radix.Indicator>
          <Check size={12} strokeWidth={3} aria-hidden />
        </Radix.Indicator>
      </Radix.Root>
      {!hideLabel && (
        <label htmlFor={id} className="text-sm text-body">
          {label}
        </label>
      )}
    </span>
  );
}
