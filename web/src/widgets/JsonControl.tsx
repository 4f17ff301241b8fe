/** The control of JSON; it is kept when the field is left and what stands there is valid. */
import { useState } from "react";
import type { JsonValue } from "@/api/types";
import { jsonFault } from "@/graph/json-fault";
import { text } from "@/strings";
import { cx } from "@/ui/cx";
import { FIELD } from "@/ui/TextInput";
import { Tooltip } from "@/ui/Tooltip";
import type { ControlProps } from "./control";

export function JsonControl({ widget, value, label, disabled, onChange }: ControlProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? printed(value);
  const fault = typed === null ? null : faultOf(typed);
  const commit = () => {
    if (typed === null || fault !== null) return;
    setTyped(null);
    const next = typed.trim() === "" ? undefined : readJson(typed);
    if (JSON.stringify(next) !== JSON.stringify(value)) onChange(next);
  };
  return (
    <Tooltip content={fault} open={fault !== null} side="right">
      <textarea
        aria-label={label}
        aria-invalid={fault !== null}
        spellCheck={false}
        className={cx(FIELD, "block h-[84px] resize-none px-2 py-1.5 font-mono text-xs nodrag nopan nowheel")}
        placeholder={widget.placeholder}
        disabled={disabled}
        value={shown}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || typed === null) return;
          event.stopPropagation();
          setTyped(null);
        }}
      />
    </Tooltip>
  );
}

function printed(value: JsonValue): string {
  if (value === null) return "";
  const line = JSON.stringify(value);
  return line.length <= 40 ? line : JSON.stringify(value, null, 2);
}

function faultOf(typed: string): string | null {
  if (typed.trim() === "") return null;
  try {
    JSON.parse(typed);
    return null;
  } catch {
    return text.widgets.badJson(jsonFault(typed));
  }
}

function readJson(typed: string): JsonValue {
  const value: JsonValue = JSON.parse(typed); // JSON.parse yields nothing else
  return value;
}
