/** A text, folded when it is long. */
import { useState } from "react";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";
import { cx } from "@/ui/cx";

const FOLD_BEYOND = 240;
const words = text.widgets.value;

/** `length`: how long the whole text is if only its beginning is known. */
export function LongText({ value, length }: { value: string; length: number | null }) {
  const [open, setOpen] = useState(false);
  const long = value.length > FOLD_BEYOND || value.split("\n").length > 5;
  return (
    <div>
      <p
        className={cx(
          "rounded-control bg-sunken px-2 py-1 whitespace-pre-wrap text-strong select-text [overflow-wrap:anywhere]",
          long && !open && "line-clamp-5",
          open && "max-h-80 overflow-auto nowheel",
        )}
      >
        {value}
      </p>
      <div className="flex items-center gap-1 pt-0.5">
        {long && (
          <Button variant="ghost" size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? words.showLess : words.showAll}
          </Button>
        )}
        <CopyButton value={value} compact />
        {length !== null && length > value.length && (
          <span className="text-xs text-muted">{words.cut(value.length, length)}</span>
        )}
      </div>
    </div>
  );
}
