/** The control of a text of several lines. Ctrl+Up and Ctrl+Down change the weight of the selected words. */
import type { KeyboardEvent } from "react";
import { cx } from "@/ui/cx";
import { FIELD } from "@/ui/TextInput";
import type { ControlProps } from "./control";
import { typeInto } from "./typeInto";
import { useDraft } from "./useDraft";
import { changeWeight } from "./weights";

const WEIGHT_STEP = 0.05;

export function MultilineControl({ widget, value, label, disabled, onChange }: ControlProps) {
  const [draft, change] = useDraft(typeof value === "string" ? value : "", onChange);
  const weigh = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const up = event.key === "ArrowUp";
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || (!up && event.key !== "ArrowDown"))
      return;
    event.preventDefault();
    event.stopPropagation();
    const area = event.currentTarget;
    const selected = { text: area.value, start: area.selectionStart, end: area.selectionEnd };
    const next = changeWeight(selected, up ? WEIGHT_STEP : -WEIGHT_STEP);
    if (next === null) return;
    typeInto(area, next.text);
    area.setSelectionRange(next.start, next.end);
    change(next.text);
  };
  return (
    <textarea
      aria-label={label}
      className={cx(FIELD, "block h-[84px] resize-none px-2 py-1.5 nodrag nopan nowheel")}
      placeholder={widget.placeholder}
      disabled={disabled}
      value={draft}
      onChange={(event) => change(event.target.value)}
      onKeyDown={weigh}
    />
  );
}
