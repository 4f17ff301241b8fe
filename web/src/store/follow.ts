/** Tabs follow the runs started from them: what runs is shown, and a failure is told. */
import { api, ApiError, unwrap } from "@/api/client";
import { FINAL, type RunView } from "@/store/fold";
import { fetchSnapshot, nodeRuns, runView, watchRuns } from "@/store/records";
import { about, showRun } from "@/store/submit";
import { tabOf, useEditor } from "@/store/tabs";
import { toast } from "@/store/toasts";
import { store as strings } from "@/strings/store";

/** Returns the way to stop. */
export function followRuns(): () => void {
  return watchRuns((run, before) => {
    const tab = run.source === null ? undefined : tabOf(run.source);
    if (tab === undefined) return;
    const known = run.source === before.source;
    if (run.state === "running" && (before.state !== "running" || !known)) showRun(tab.id, run.id);
    // Who started it may be known only after it failed; a failure found after a reload was told before.
    const isNews = known ? before.state !== "failed" : before.state === "failed";
    if (run.state === "failed" && isNews) tellFailure(run, tab.id);
  });
}

/** After a reload: the last run of each tab, or the one that is running, is shown again. */
export async function findRuns(): Promise<void> {
  await Promise.all(useEditor.getState().tabs.map((tab) => findRun(tab.id)));
}

async function findRun(tabId: string): Promise<void> {
  try {
    const { runs } = await unwrap(api.GET("/api/runs", { params: { query: { source: tabId, limit: 20 } } }));
    const shown = runs.find((run) => run.state === "running") ?? runs[0];
    const id = shown?.id ?? tabOf(tabId)?.runs;
    if (!id) return;
    await fetchSnapshot(id);
    // A run that was started meanwhile goes first.
    const now = tabOf(tabId)?.runs;
    if (!now || now === id || isOver(now)) showRun(tabId, id);
  } catch (error) {
    // The socket's return asks again for what is going on.
    if (!(error instanceof ApiError)) throw error;
  }
}

function isOver(run: string): boolean {
  const state = runView(run)?.state;
  return state === undefined || FINAL.has(state);
}

function tellFailure(run: RunView, tabId: string): void {
  const failed = [...nodeRuns(run.id)].find(([, node]) => node.problem !== null && node.state === "failed");
  const problem = failed?.[1].problem ?? run.problem;
  if (!problem) return void toast({ kind: "error", title: strings.runFailed(run.name) });
  const node = problem.node ?? failed?.[0] ?? null;
  toast({ kind: "error", title: problem.message, ...about({ ...problem, node }, tabId) });
}
