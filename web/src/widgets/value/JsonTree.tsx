/** JSON as a tree whose branches fold. */
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { JsonValue } from "@/api/types";
import { text } from "@/strings";
import { CopyButton } from "@/ui/CopyButton";
import { cx } from "@/ui/cx";

const MOST = 100;
const OPEN_UNTIL = 2;

export function JsonTree({ value }: { value: JsonValue }) {
  if (value === null || typeof value !== "object") return <Leaf value={value} />;
  return (
    <div className="relative rounded-control bg-sunken px-2 py-1 font-mono text-xs">
      <Branch value={value} depth={0} />
      <CopyButton
        value={JSON.stringify(value, null, 2)}
        label={text.widgets.value.copyJson}
        compact
        className="absolute top-0 right-0"
      />
    </div>
  );
}

type Container = Extract<JsonValue, object>;

function Branch({ name, value, depth }: { name?: string; value: Container; depth: number }) {
  const entries = Object.entries(value);
  const [open, setOpen] = useState(depth < OPEN_UNTIL && entries.length <= 20);
  const brackets = Array.isArray(value) ? "[]" : "{}";
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex items-center gap-1 text-muted hover:text-strong"
      >
        <ChevronRight size={12} className={cx("transition-transform duration-120", open && "rotate-90")} aria-hidden />
        {name !== undefined && <span className="text-body">{name}:</span>}
        {brackets[0]}
        {!open && ` ${text.widgets.value.items(entries.length)} ${brackets[1] ?? ""}`}
      </button>
      {open && (
        <div className="ml-1.5 border-l border-line pl-2.5">
          {entries.slice(0, MOST).map(([key, item]) => (
            <Entry key={key} name={key} value={item} depth={depth + 1} />
          ))}
          {entries.length > MOST && <p className="text-muted">{text.widgets.value.moreItems(entries.length - MOST)}</p>}
        </div>
      )}
    </div>
  );
}

function Entry({ name, value, depth }: { name: string; value: JsonValue; depth: number }) {
  if (value !== null && typeof value === "object") return <Branch name={name} value={value} depth={depth} />;
  return (
    <div className="flex gap-1.5">
      <span className="text-body">{name}:</span>
      <Leaf value={value} />
    </div>
  );
}

function Leaf({ value }: { value: Exclude<JsonValue, object> | null }) {
  return (
    <span className="font-mono text-xs text-strong select-text [overflow-wrap:anywhere]">{JSON.stringify(value)}</span>
  );
}
