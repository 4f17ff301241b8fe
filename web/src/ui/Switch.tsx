/** A setting that is on or off at once. */
import { Switch as Radix } from "radix-ui";
import { useId } from "react";
import { cx } from "./cx";

export interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: string;
  hideLabel?: boolean;
  disabled?: boolean;
}

export function Switch({ checked, onChange, label, hideLabel = false, disabled = false }: SwitchProps) {
  const id = useId();
  return (
    <span className={cx("flex min-h-7 items-center gap-3", !hideLabel && "justify-between")}>
      {!hideLabel && (
        <label htmlFor={id} className="text-sm text-body">
          {label}
        </label>
      )}
      <Radix.Root
        id={id}
        checked={checked}
        disabled={disabled}
        aria-label={label}
        onCheckedChange={onChange}
        className="h-4 w-7 shrink-0 rounded-full bg-muted/50 p-0.5 transition-colors duration-120 disabled:opacity-50 data-[state=checked]:bg-strong"
      >
        <Radix.Thumb className="block size-3 rounded-full bg-surface transition-transform duration-120 data-[state=checked]:translate-x-3" />
      </Radix.Root>
    </span>
  );
}
