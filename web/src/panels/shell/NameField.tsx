/** A name being edited where it stands: Enter or leaving the field keeps it, Escape does not. */
import { useRef, type KeyboardEvent } from "react";
import { cx } from "@/ui/cx";
import { TextInput } from "@/ui/TextInput";

export interface NameFieldProps {
  value: string;
  label: string;
  className?: string;
  /** Null: the name stays as it was. */
  onDone: (name: string | null) => void;
}

export function NameField({ value, label, className, onDone }: NameFieldProps) {
  // Taking the field away blurs it, so only the first ending counts.
  const ended = useRef(false);
  const end = (name: string | null) => {
    if (ended.current) return;
    ended.current = true;
    onDone(name === null || name.trim() === "" ? null : name.trim());
  };
  const key = (event: KeyboardEvent<HTMLInputElement>) => {
    event.stopPropagation();
    if (event.key === "Enter") end(event.currentTarget.value);
    if (event.key === "Escape") end(null);
  };
  return (
    <TextInput
      size="sm"
      aria-label={label}
      autoFocus
      defaultValue={value}
      maxLength={200}
      className={cx("nokey", className)}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={(event) => end(event.currentTarget.value)}
      onKeyDown={key}
    />
  );
}
