/** One of several options; a long list can be searched. */
import { ChevronDown } from "lucide-react";
import { Popover as Radix } from "radix-ui";
import { useState, type KeyboardEvent } from "react";
import { cx } from "./cx";
import { POPOVER_BOX } from "./popoverBox";
import { SelectList } from "./SelectList";
import { FIELD } from "./TextInput";
import type { ListboxItem } from "./useListbox";

export interface SelectProps {
  value: string;
  onChange: (value: string) => void;
  options: readonly ListboxItem[];
  label: string;
  placeholder?: string;
  disabled?: boolean;
  size?: "sm" | "md";
  className?: string;
}

export function Select(props: SelectProps) {
  const { value, onChange, options, label, placeholder = "", disabled = false, size = "md", className } = props;
  const [open, setOpen] = useState(false);
  const current = options.find((option) => option.value === value);
  const pick = (next: string) => {
    setOpen(false);
    if (next !== value) onChange(next);
  };
  const openByArrow = (event: KeyboardEvent) => {
    if (open || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    event.preventDefault();
    event.stopPropagation();
    setOpen(true);
  };
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Trigger asChild>
        <button
          type="button"
          role="combobox"
          aria-label={label}
          aria-haspopup="listbox"
          aria-expanded={open}
          disabled={disabled}
          onKeyDown={openByArrow}
          className={cx(
            FIELD,
            "flex items-center gap-1 pr-1.5 pl-2 text-left",
            size === "sm" ? "h-6" : "h-7",
            className,
          )}
        >
          <span className={cx("min-w-0 flex-1 truncate", !current && "text-muted")}>
            {current?.label ?? (value || placeholder)}
          </span>
          <ChevronDown size={14} className="shrink-0 text-muted" aria-hidden />
        </button>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className={cx(POPOVER_BOX, "min-w-[max(var(--radix-popover-trigger-width),140px)]")}
          onOpenAutoFocus={(event) => {
            const field = event.target instanceof HTMLElement && event.target.querySelector("[data-autofocus]");
            if (!(field instanceof HTMLElement)) return;
            event.preventDefault();
            field.focus();
          }}
        >
          <SelectList value={value} options={options} label={label} onPick={pick} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
