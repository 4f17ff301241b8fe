/** The keyboard of a list to choose from: arrows, Home, End, Enter, and letters that jump. */
import { useId, useState, type KeyboardEvent } from "react";

export interface ListboxItem {
  value: string;
  label: string;
}

export interface ListboxOptions {
  items: readonly ListboxItem[];
  /** The index where the list starts; -1 for none. */
  start: number;
  onPick: (value: string) => void;
  /** Letters jump to the next item that begins with them; not for a list below a text field. */
  jump?: boolean;
}

export function useListbox({ items, start, onPick, jump = false }: ListboxOptions) {
  const id = useId();
  const [chosen, setActive] = useState(start);
  const active = Math.min(chosen, items.length - 1);

  const onKeyDown = (event: KeyboardEvent) => {
    const next = target(event.key, active, items.length);
    if (next !== null) {
      setActive(next);
    } else if (event.key === "Enter" || (jump && event.key === " ")) {
      const item = items[active];
      if (item === undefined) return;
      onPick(item.value);
    } else if (jump && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      setActive(startingWith(event.key, active, items));
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return { active, setActive, onKeyDown, id, activeId: active < 0 ? undefined : `${id}${active}` };
}

function target(key: string, active: number, count: number): number | null {
  if (count === 0) return null;
  if (key === "ArrowDown") return (active + 1) % count;
  if (key === "ArrowUp") return active <= 0 ? count - 1 : active - 1;
  if (key === "PageDown") return Math.min(count - 1, active + 8);
  if (key === "PageUp") return Math.max(0, active - 8);
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return null;
}

function startingWith(letter: string, active: number, items: readonly ListboxItem[]): number {
  const wanted = letter.toLowerCase();
  const after = [...items.keys()].map((offset) => (active + 1 + offset) % items.length);
  return after.find((index) => items[index]?.label.toLowerCase().startsWith(wanted)) ?? active;
}
