/** The open list of a select, with a search field when it is long. */
import { useState } from "react";
import { text } from "@/strings";
import { Listbox } from "./Listbox";
import { TextInput } from "./TextInput";
import { useListbox, type ListboxItem } from "./useListbox";

const SEARCH_BEYOND = 8;

export interface SelectListProps {
  value: string;
  options: readonly ListboxItem[];
  label: string;
  onPick: (value: string) => void;
}

export function SelectList({ value, options, label, onPick }: SelectListProps) {
  const [query, setQuery] = useState("");
  const searchable = options.length > SEARCH_BEYOND;
  const words = query.toLowerCase().split(/\s+/);
  const shown = options.filter((option) => words.every((word) => option.label.toLowerCase().includes(word)));
  const start = Math.max(
    0,
    options.findIndex((option) => option.value === value),
  );
  const state = useListbox({ items: shown, start, onPick, jump: !searchable });
  return (
    <>
      {searchable && (
        <div className="p-1 pb-0">
          <TextInput
            data-autofocus
            role="combobox"
            aria-label={text.common.search}
            aria-expanded
            aria-controls={state.id}
            aria-activedescendant={state.activeId}
            placeholder={text.common.search}
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              state.setActive(0);
            }}
            onKeyDown={state.onKeyDown}
          />
        </div>
      )}
      <Listbox items={shown} value={value} label={label} state={state} onPick={onPick} focusable={!searchable} />
    </>
  );
}
