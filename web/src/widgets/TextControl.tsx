/** The control of a line of text. */
import { TextInput } from "@/ui/TextInput";
import type { ControlProps } from "./control";
import { useDraft } from "./useDraft";

export function TextControl({ widget, value, label, disabled, onChange }: ControlProps) {
  const [draft, change] = useDraft(typeof value === "string" ? value : "", onChange);
  return (
    <TextInput
      aria-label={label}
      className="nodrag nopan"
      placeholder={widget.placeholder}
      disabled={disabled}
      value={draft}
      onChange={(event) => change(event.target.value)}
    />
  );
}
