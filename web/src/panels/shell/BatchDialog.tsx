/** Asks how many runs a press of Run starts. */
import { useState } from "react";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { TextInput } from "@/ui/TextInput";

const MOST = 99;

export interface BatchDialogProps {
  open: boolean;
  count: number;
  onClose: () => void;
  onSet: (count: number) => void;
}

export function BatchDialog({ open, count, onClose, onSet }: BatchDialogProps) {
  const [entry, setEntry] = useState(`${count}`);
  const number = Number(entry);
  const fits = Number.isInteger(number) && number >= 1 && number <= MOST;
  const words = text.shell.batch;
  const set = () => {
    if (!fits) return;
    onSet(number);
    onClose();
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={words.title}
      description={words.text}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button variant="primary" disabled={!fits} onClick={set}>
            {words.set}
          </Button>
        </>
      }
    >
      <TextInput
        aria-label={words.label}
        aria-invalid={!fits}
        inputMode="numeric"
        value={entry}
        onChange={(event) => setEntry(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && set()}
      />
    </Dialog>
  );
}
