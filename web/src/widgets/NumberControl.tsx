/** The control of a number, with a bar where it has both bounds and is meant as a slider. */
import type { ControlProps } from "./control";
import { NumberField } from "./NumberField";
import { rulesOf } from "./numbers";

export function NumberControl({ port, widget, value, label, disabled, onChange }: ControlProps) {
  const bounded = typeof widget.min === "number" && typeof widget.max === "number";
  return (
    <NumberField
      label={label}
      value={typeof value === "number" ? value : null}
      rules={rulesOf(port)}
      placeholder={widget.placeholder ?? ""}
      disabled={disabled}
      bar={widget.kind === "slider" && bounded}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}
