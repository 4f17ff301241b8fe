/** Changes the text of a field as if it had been typed, so that the field's own undo takes it back. */

export function typeInto(field: HTMLTextAreaElement, text: string): void {
  const before = field.value;
  const shortest = Math.min(before.length, text.length);
  let start = 0;
  while (start < shortest && before[start] === text[start]) start += 1;
  let tail = 0;
  while (tail < shortest - start && before.at(-1 - tail) === text.at(-1 - tail)) tail += 1;
  field.setSelectionRange(start, before.length - tail);
  const typed = text.slice(start, text.length - tail);
  // Nothing else reaches the undo of a field.
  const done = typed === "" ? command("delete") : command("insertText", typed);
  if (!done) field.setRangeText(typed);
}

function command(name: "insertText" | "delete", value?: string): boolean {
  return typeof document.execCommand === "function" && document.execCommand(name, false, value);
}
