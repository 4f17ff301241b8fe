/** Opening graphs that lie on the server: saved ones, those of runs, and templates. */
import { api, ApiError, revisionOf, unwrap, unwrapAnswer } from "@/api/client";
import { DocumentError, loadDoc } from "@/graph/document";
import { fetchSnapshot } from "@/store/records";
import { activateTab, openTab } from "@/store/tablist";
import { useEditor } from "@/store/tabs";
import { toast } from "@/store/toasts";
import { store as strings } from "@/strings/store";

/** Opens a saved graph, or goes to the tab that has it. */
export function openSaved(id: string): Promise<boolean> {
  const open = useEditor.getState().tabs.find((tab) => tab.saved?.id === id);
  if (open !== undefined) {
    activateTab(open.id);
    return Promise.resolve(true);
  }
  return told(async () => {
    const params = { path: { graph_id: id } };
    const { data, response } = await unwrapAnswer(api.GET("/api/graphs/{graph_id}", { params }));
    openTab(loadDoc(data), { saved: { id, revision: revisionOf(response) } });
  });
}

/** Opens the graph of a run as it was, with what became of it. */
export function openRun(id: string): Promise<boolean> {
  return told(async () => {
    const run = await unwrap(api.GET("/api/runs/{run_id}", { params: { path: { run_id: id } } }));
    openTab(loadDoc(run.graph), { run: id });
    await fetchSnapshot(id);
  });
}

/** Opens a template in a new tab. */
export function openTemplate(name: string): Promise<boolean> {
  return told(async () => {
    openTab(loadDoc(await unwrap(api.GET("/api/templates/{name}", { params: { path: { name } } }))));
  });
}

async function told(open: () => Promise<void>): Promise<boolean> {
  try {
    await open();
    return true;
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof DocumentError)) throw error;
    const remedy = error instanceof ApiError ? error.problem.remedy : undefined;
    toast({ kind: "error", title: strings.openFailed, text: [error.message, remedy].filter(Boolean).join(" ") });
    return false;
  }
}
