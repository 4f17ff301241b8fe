/** A field to search with: Escape empties it. */
import { Search, X } from "lucide-react";
import type { Ref } from "react";
import { text } from "@/strings";
import { cx } from "./cx";
import { TextInput } from "./TextInput";

export interface SearchInputProps {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  label: string;
  className?: string;
  ref?: Ref<HTMLInputElement>;
}

export function SearchInput({ value, onChange, placeholder, label, className, ref }: SearchInputProps) {
  return (
    <div className={cx("relative", className)}>
      <Search
        size={14}
        className="pointer-events-none absolute top-1/2 left-2 -translate-y-1/2 text-muted"
        aria-hidden
      />
      <TextInput
        ref={ref}
        role="searchbox"
        aria-label={label}
        placeholder={placeholder ?? label}
        value={value}
        className="px-7"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || value === "") return;
          event.stopPropagation();
          onChange("");
        }}
      />
      {value !== "" && (
        <button
          type="button"
          aria-label={text.common.clear}
          className="absolute top-1/2 right-1 flex size-5 -translate-y-1/2 items-center justify-center rounded text-muted hover:text-strong"
          onClick={() => onChange("")}
        >
          <X size={12} aria-hidden />
        </button>
      )}
    </div>
  );
}
