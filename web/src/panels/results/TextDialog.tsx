/** A long text or JSON value in full. */
import { closeDialog } from "@/store/ui";
import { CopyButton } from "@/ui/CopyButton";
import { Dialog } from "@/ui/Dialog";

export function TextDialog({ title, text }: { title: string; text: string }) {
  return (
    <Dialog open size="lg" title={title} onOpenChange={closeDialog} footer={<CopyButton value={text} />}>
      <pre
        tabIndex={0}
        className="max-h-[65vh] overflow-auto rounded-control bg-sunken p-3 font-mono text-xs whitespace-pre-wrap select-text [overflow-wrap:anywhere]"
      >
        {text}
      </pre>
    </Dialog>
  );
}
