/** The control of a yes or no. */
import { Checkbox } from "@/ui/Checkbox";
import type { ControlProps } from "./control";

export function CheckboxControl({ value, label, disabled, onChange }: ControlProps) {
  return (
    <span className="flex h-7 items-center justify-end nodrag nopan nokey">
      <Checkbox hideLabel checked={value === true} label={label} disabled={disabled} onChange={onChange} />
    </span>
  );
}
