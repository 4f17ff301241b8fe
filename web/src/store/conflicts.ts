/** What to do when somebody else saved the graph of a tab: take theirs, or let the person choose. */
import { api, ApiError, revisionOf, unwrapAnswer } from "@/api/client";
import { replaceDoc } from "@/graph/commands";
import { loadDoc, saveDoc } from "@/graph/document";
import type { Doc } from "@/graph/types";
import { dispatch } from "@/store/editing";
import { tabOf, updateTab, type Conflict, type Tab } from "@/store/tabs";
import { toast } from "@/store/toasts";
import { store as strings } from "@/strings/store";

/** There is another revision of a tab's graph: one without changes of its own takes it, else it is a conflict. */
export async function refresh(tabId: string): Promise<void> {
  const other = await fetchOther(tabId);
  const tab = tabOf(tabId);
  if (!other || !tab?.saved || other.revision <= tab.saved.revision) return;
  if (tab.dirty) updateTab(tabId, { conflict: other });
  else takeOver(tab, other, { ...other.theirs, viewport: tab.doc.viewport });
}

/** A save was refused because the server has another revision. Equal graphs are no conflict. */
export async function meetOther(tabId: string): Promise<void> {
  const other = await fetchOther(tabId);
  const tab = tabOf(tabId);
  if (!other || !tab?.saved) return;
  const saved = { id: tab.saved.id, revision: other.revision };
  if (isEqual(tab.doc, other.theirs)) updateTab(tabId, { saved, dirty: false });
  else updateTab(tabId, { conflict: other });
}

/** Puts another revision into a tab, as a step that can be undone. */
export function takeOver(tab: Tab, { revision }: Conflict, theirs: Doc): void {
  if (tab.saved === null) return;
  dispatch(replaceDoc(theirs, strings.takeTheirs), tab.id);
  updateTab(tab.id, { saved: { id: tab.saved.id, revision }, dirty: false, conflict: null });
}

/** What the server has of a tab's graph. If it was deleted, the tab becomes an unsaved one. */
async function fetchOther(tabId: string): Promise<Conflict | null> {
  const tab = tabOf(tabId);
  if (!tab?.saved) return null;
  try {
    const params = { path: { graph_id: tab.saved.id } };
    const { data, response } = await unwrapAnswer(api.GET("/api/graphs/{graph_id}", { params }));
    return { theirs: loadDoc(data), revision: revisionOf(response) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) letGo(tab);
    return null;
  }
}

function letGo(tab: Tab): void {
  updateTab(tab.id, { saved: null, dirty: true, conflict: null });
  toast({ kind: "warning", title: strings.goneElsewhere(tab.doc.name), text: strings.goneElsewhereText });
}

function isEqual(one: Doc, other: Doc): boolean {
  const text = (doc: Doc) => JSON.stringify(saveDoc({ ...doc, viewport: null }));
  return text(one) === text(other);
}
