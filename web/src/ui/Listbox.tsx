/** The items of a list to choose from; `useListbox` moves through them. */
import { Check } from "lucide-react";
import { useEffect, useRef } from "react";
import { text } from "@/strings";
import { cx } from "./cx";
import type { ListboxItem, useListbox } from "./useListbox";

export interface ListboxProps {
  items: readonly ListboxItem[];
  /** The value that is chosen now. */
  value: string | null;
  label: string;
  state: ReturnType<typeof useListbox>;
  onPick: (value: string) => void;
  /** The list takes the focus itself, having no field above it. */
  focusable?: boolean;
}

export function Listbox({ items, value, label, state, onPick, focusable = false }: ListboxProps) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[state.active]?.scrollIntoView({ block: "nearest" });
  }, [state.active]);
  return (
    <>
      <ul
        ref={list}
        id={state.id}
        role="listbox"
        aria-label={label}
        tabIndex={-1}
        data-autofocus={focusable || undefined}
        {...(focusable && { "aria-activedescendant": state.activeId, onKeyDown: state.onKeyDown })}
        className="max-h-72 overflow-y-auto p-1 outline-none"
      >
        {items.map((item, index) => (
          <li
            key={item.value}
            id={`${state.id}${index}`}
            role="option"
            aria-selected={item.value === value}
            onPointerMove={() => state.active !== index && state.setActive(index)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onPick(item.value)}
            className={cx(
              "flex min-h-7 cursor-default items-center gap-2 rounded px-2 py-1 text-sm select-none",
              index === state.active ? "bg-sunken text-strong" : "text-body",
            )}
          >
            <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{item.label}</span>
            {item.value === value && <Check size={14} className="shrink-0 text-muted" aria-hidden />}
          </li>
        ))}
      </ul>
      {items.length === 0 && <p className="px-3 pb-2 text-xs text-muted">{text.common.noMatch}</p>}
    </>
  );
}
