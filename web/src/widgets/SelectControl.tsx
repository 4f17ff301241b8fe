/** The control of one of several values. */
import type { JsonValue } from "@/api/types";
import { isJson } from "@/graph/json";
import { text } from "@/strings";
import { Select } from "@/ui/Select";
import type { ControlProps } from "./control";

export function SelectControl({ widget, value, label, disabled, onChange }: ControlProps) {
  const options = (widget.options ?? []).filter(isJson);
  const pick = (key: string) => {
    const option = options.find((candidate) => keyOf(candidate) === key);
    if (option !== undefined) onChange(option);
  };
  return (
    <Select
      className="nodrag nopan nokey"
      label={label}
      disabled={disabled}
      // A value that is no option any more is shown as it is.
      value={options.some((option) => keyOf(option) === keyOf(value)) ? keyOf(value) : plain(value)}
      placeholder={widget.placeholder || text.widgets.none}
      options={options.map((option) => ({
        value: keyOf(option),
        label: plain(option) || widget.placeholder || text.widgets.none,
      }))}
      onChange={pick}
    />
  );
}

/** Equal for equal values alone: `1` and `"1"` differ. */
function keyOf(value: JsonValue): string {
  return JSON.stringify(value);
}

function plain(value: JsonValue): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
