/** A line of text with suggestions: typed freely, or picked from the list. It is committed on Enter, pick and leaving. */
import { ChevronDown } from "lucide-react";
import { Popover } from "radix-ui";
import { useRef, useState, type KeyboardEvent } from "react";
import { text } from "@/strings";
import { cx } from "@/ui/cx";
import { Listbox } from "@/ui/Listbox";
import { POPOVER_BOX } from "@/ui/popoverBox";
import { TextInput } from "@/ui/TextInput";
import { useListbox, type ListboxItem } from "@/ui/useListbox";

export interface ComboFieldProps {
  label: string;
  value: string;
  suggestions: readonly ListboxItem[];
  onCommit: (value: string) => void;
  placeholder?: string;
  disabled?: boolean;
}

export function ComboField({
  label,
  value,
  suggestions,
  onCommit,
  placeholder = "",
  disabled = false,
}: ComboFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const query = (typed ?? "").toLowerCase();
  const shown = suggestions.filter((item) => `${item.label} ${item.value}`.toLowerCase().includes(query));
  const commit = (next: string) => {
    setOpen(false);
    setTyped(null);
    if (next !== value) onCommit(next);
  };
  const list = useListbox({ items: shown, start: -1, onPick: commit });
  const show = () => {
    list.setActive(-1);
    setOpen(true);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    if (open && (list.active >= 0 || event.key !== "Enter") && event.key !== "Home" && event.key !== "End") {
      list.onKeyDown(event);
      if (event.defaultPrevented) return;
    }
    if (event.key === "Enter") commit((typed ?? value).trim());
    else if (event.key === "Escape" && (open || typed !== null)) {
      setOpen(false);
      setTyped(null);
    } else if (event.key === "ArrowDown" && !open) show();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Popover.Root open={open && shown.length > 0} onOpenChange={setOpen}>
      <Popover.Anchor asChild>
        <div ref={box} className="relative min-w-0 flex-1 nodrag nopan">
          <TextInput
            role="combobox"
            aria-label={label}
            aria-expanded={open && shown.length > 0}
            aria-autocomplete="list"
            aria-controls={list.id}
            aria-activedescendant={open ? list.activeId : undefined}
            className="pr-6"
            placeholder={placeholder}
            disabled={disabled}
            value={typed ?? value}
            onChange={(event) => {
              setTyped(event.target.value);
              show();
            }}
            onKeyDown={onKeyDown}
            onBlur={() => commit((typed ?? value).trim())}
          />
          <button
            type="button"
            tabIndex={-1}
            aria-label={text.widgets.suggestions(label)}
            disabled={disabled || suggestions.length === 0}
            // The field keeps the focus, else leaving it would commit.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => {
              box.current?.querySelector("input")?.focus();
              if (open) setOpen(false);
              else show();
            }}
            className="absolute top-0 right-0 flex h-7 w-6 items-center justify-center text-muted hover:text-strong disabled:opacity-40"
          >
            <ChevronDown size={14} aria-hidden />
          </button>
        </div>
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          aria-label={label}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className={cx(POPOVER_BOX, "min-w-[max(var(--radix-popover-trigger-width),160px)]")}
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          onInteractOutside={(event) => {
            if (event.target instanceof Node && box.current?.contains(event.target)) event.preventDefault();
          }}
        >
          <Listbox items={shown} value={value} label={label} state={list} onPick={commit} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
