/** Text while it is typed; it follows changes from elsewhere, such as undo. */
import { useState } from "react";

export function useDraft(value: string, send: (text: string) => void): readonly [string, (text: string) => void] {
  const [draft, setDraft] = useState({ text: value, sent: value, seen: value });
  if (draft.seen !== value) {
    // What comes back is what was sent: then a later keystroke must not be lost.
    setDraft(value === draft.sent ? { ...draft, seen: value } : { text: value, sent: value, seen: value });
  }
  const change = (text: string) => {
    setDraft((before) => ({ ...before, text, sent: text }));
    send(text);
  };
  return [draft.text, change];
}
