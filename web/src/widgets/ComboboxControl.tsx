/** The control of a free text with suggestions. */
import { ComboField } from "./ComboField";
import type { ControlProps } from "./control";
import { plain } from "./plain";

export function ComboboxControl({ widget, value, label, disabled, onChange }: ControlProps) {
  const offered = (widget.options ?? []).map(plain);
  return (
    <ComboField
      label={label}
      value={plain(value)}
      placeholder={widget.placeholder ?? ""}
      disabled={disabled}
      suggestions={[...new Set(offered)].map((option) => ({
        value: option,
        label: option || (widget.placeholder ?? ""),
      }))}
      onCommit={onChange}
    />
  );
}
