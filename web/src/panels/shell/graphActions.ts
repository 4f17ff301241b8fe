/** What can be done with a saved workflow, whether it is open or not. */
import { api, revisionOf, unwrap, unwrapAnswer } from "@/api/client";
import type { SavedGraph } from "@/api/types";
import { renameDoc, replaceDoc } from "@/graph/commands";
import { loadDoc, saveDoc } from "@/graph/document";
import type { Doc } from "@/graph/types";
import { text } from "@/strings";
import { closeTab, dispatch, openTab, useEditor, type Tab } from "@/store/editor";
import { openSaved } from "@/store/open";
import { graphId } from "@/store/saving";
import { toast } from "@/store/toasts";
import { reportError } from "./reportError";

const words = text.shell.workflows;

/** In the tab where it is open, so that it can be undone; else on the server. */
export async function renameGraph({ id }: SavedGraph, name: string): Promise<void> {
  const tab = tabWith(id);
  if (tab) return dispatch(renameDoc(name), tab.id);
  const { doc, revision } = await fetchGraph(id);
  await putGraph(id, renameDoc(name).apply(doc), revision);
}

export async function duplicateGraph({ id, name }: SavedGraph): Promise<void> {
  const doc = tabWith(id)?.doc ?? (await fetchGraph(id)).doc;
  const copy = { ...doc, name: words.copyOf(name) };
  await putGraph(graphId(copy.name), copy, null);
}

/** Deletes it and closes its tab; the toast brings both back. `refresh` asks for the list again. */
export async function deleteGraph({ id, name }: SavedGraph, refresh: () => void): Promise<void> {
  const tab = tabWith(id);
  // Closed first, else its next save would find the workflow gone.
  if (tab) closeTab(tab.id);
  await unwrap(api.DELETE("/api/graphs/{graph_id}", { params: { path: { graph_id: id } } }));
  refresh();
  const bringBack = async () => {
    try {
      await unwrap(api.POST("/api/graphs/{graph_id}/undelete", { params: { path: { graph_id: id } } }));
      refresh();
      if (tab) await openSaved(id);
    } catch (error) {
      reportError(words.undeleteFailed, error);
    }
  };
  toast({
    kind: "info",
    title: words.deleted(name),
    action: { label: text.common.undo, run: () => void bringBack() },
  });
}

/** Makes an earlier version the current one: where it is open as a change that can be undone. */
export async function restoreRevision(id: string, revision: number): Promise<void> {
  const tab = tabWith(id);
  if (tab) {
    const { doc } = await fetchGraph(id, revision);
    dispatch(replaceDoc(doc, text.shell.history.command(revision)), tab.id);
  } else {
    await unwrap(
      api.POST("/api/graphs/{graph_id}/restore", { params: { path: { graph_id: id } }, body: { revision } }),
    );
  }
}

export async function openRevision(id: string, revision: number): Promise<void> {
  const { doc } = await fetchGraph(id, revision);
  openTab({ ...doc, name: text.shell.history.from(doc.name, revision) });
}

function tabWith(graph: string): Tab | undefined {
  return useEditor.getState().tabs.find((tab) => tab.saved?.id === graph);
}

async function fetchGraph(id: string, revision?: number): Promise<{ doc: Doc; revision: number }> {
  const params = { path: { graph_id: id }, query: revision === undefined ? {} : { revision } };
  const { data, response } = await unwrapAnswer(api.GET("/api/graphs/{graph_id}", { params }));
  return { doc: loadDoc(data), revision: revisionOf(response) };
}

/** `revision`: the one this builds upon; null for a new workflow. */
async function putGraph(id: string, doc: Doc, revision: number | null): Promise<void> {
  const header = revision === null ? {} : { "if-match": `"${revision}"` };
  await unwrap(api.PUT("/api/graphs/{graph_id}", { params: { path: { graph_id: id }, header }, body: saveDoc(doc) }));
}
