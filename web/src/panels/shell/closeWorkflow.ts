/** Closes a workflow's tab; what only the tab held can be had back. */
import { text } from "@/strings";
import { closeTab, type Tab } from "@/store/editor";
import { reopen } from "@/store/tablist";
import { toast } from "@/store/toasts";

const words = text.shell.tabs;

export function closeWorkflow(tab: Tab): void {
  closeTab(tab.id);
  if (tab.saved !== null || !tab.dirty) return;
  toast({
    kind: "info",
    title: words.closed(tab.doc.name || words.untitled),
    action: { label: words.reopen, run: () => reopen(tab.id) },
  });
}
