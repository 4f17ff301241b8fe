/** Takes a workflow out of the canvas: as a file, or as a command or program on the clipboard. */
import { asJson } from "@/graph/export";
import type { Doc } from "@/graph/types";
import { text } from "@/strings";
import { toast } from "@/store/toasts";

const words = text.shell.menu;

export function saveAsFile(doc: Doc): void {
  const url = URL.createObjectURL(new Blob([asJson(doc)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${fileName(doc.name)}.json`;
  link.click();
  // The download has its own hold of the data by the time the next task runs.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

export async function copyText(content: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(content);
    toast({ kind: "success", title: words.copied(what) });
  } catch {
    // Pages of other machines without HTTPS have no clipboard.
    toast({ kind: "error", title: words.cannotCopy, text: words.cannotCopyRemedy, details: content });
  }
}

function fileName(name: string): string {
  return (
    name
      .trim()
      .replace(/[\\/:*?"<>|\p{Cc}]+/gu, "-")
      .slice(0, 100) || text.shell.tabs.untitled
  );
}
