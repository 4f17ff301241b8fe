/** The control of a colour: picked, or typed as #rrggbb, #rrggbbaa or a CSS name. */
import { useState } from "react";
import { text } from "@/strings";
import { TextInput } from "@/ui/TextInput";
import { Tooltip } from "@/ui/Tooltip";
import type { ControlProps } from "./control";
import { isColour, opaqueHex, withAlphaOf } from "./colour";

export function ColorControl({ value, label, disabled, onChange }: ControlProps) {
  const colour = typeof value === "string" ? value : "";
  const [typed, setTyped] = useState<string | null>(null);
  const wrong = typed !== null && typed !== "" && !isColour(typed);
  const commit = () => {
    if (typed === null) return;
    setTyped(null);
    if (typed === "") onChange(undefined);
    else if (!wrong && typed !== colour) onChange(typed);
  };
  return (
    <span className="flex min-w-0 flex-1 gap-1 nodrag nopan">
      <input
        type="color"
        aria-label={text.widgets.pickColour(label)}
        disabled={disabled}
        value={opaqueHex(colour)}
        onChange={(event) => onChange(withAlphaOf(colour, event.target.value))}
        className="h-7 w-7 shrink-0 cursor-pointer rounded-control border border-line bg-sunken p-0.5 disabled:opacity-50 [&::-webkit-color-swatch]:rounded [&::-webkit-color-swatch]:border-0 [&::-webkit-color-swatch-wrapper]:p-0"
      />
      <Tooltip content={text.widgets.noColour} open={wrong} side="right">
        <TextInput
          aria-label={label}
          aria-invalid={wrong}
          className="font-mono text-xs"
          disabled={disabled}
          value={typed ?? colour}
          onChange={(event) => setTyped(event.target.value.trim())}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.ctrlKey) commit();
            else if (event.key === "Escape" && typed !== null) setTyped(null);
            else return;
            event.stopPropagation();
          }}
        />
      </Tooltip>
    </span>
  );
}
