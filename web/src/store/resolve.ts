/** The person's answer to a conflict. */
import { renameDoc } from "@/graph/commands";
import { takeOver } from "@/store/conflicts";
import { dispatch } from "@/store/editing";
import { saveAsNew, saveTab } from "@/store/saving";
import { activateTab, openTab } from "@/store/tablist";
import { activeTab, tabOf, updateTab } from "@/store/tabs";
import { store as strings } from "@/strings/store";

/**
 * `mine` saves over the other version, which stays in the graph's history; `theirs` takes it; `both` makes a new graph
 * of mine and opens the other beside it.
 */
export async function resolveConflict(how: "mine" | "theirs" | "both", tabId = activeTab().id): Promise<void> {
  const tab = tabOf(tabId);
  if (!tab?.conflict || !tab.saved) return;
  const { conflict, saved } = tab;
  const current = { id: saved.id, revision: conflict.revision };
  if (how === "theirs") return takeOver(tab, conflict, conflict.theirs);
  updateTab(tabId, { conflict: null, saved: how === "mine" ? current : null });
  if (how === "both") {
    dispatch(renameDoc(strings.copyOf(tab.doc.name)), tabId);
    openTab(conflict.theirs, { saved: current });
    activateTab(tabId);
    await saveAsNew(tabId);
  } else {
    await saveTab(tabId);
  }
}
