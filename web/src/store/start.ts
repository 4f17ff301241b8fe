/** Starts all that lives beside the components: the socket, the tabs of last time, saving, title and address. */
import { create } from "zustand";
import { dropAhead } from "@/api/ahead";
import { loadCatalogue } from "@/store/catalogue";
import { startCompiling } from "@/store/compile";
import { keepCopies, readCopies } from "@/store/copies";
import { refresh } from "@/store/conflicts";
import { findRuns, followRuns } from "@/store/follow";
import { followHash, namesGraph, openHash } from "@/store/hash";
import { startLive } from "@/store/live";
import { startPreviews } from "@/store/previews";
import { installTitle } from "@/store/progress";
import { startQueue } from "@/store/queue";
import { startSaving } from "@/store/saving";
import { adoptSession, hold, newSession, orphans, ownSession } from "@/store/session";
import { applyTheme } from "@/store/settings";
import { restoreTabs } from "@/store/tablist";
import { randomId, useEditor } from "@/store/tabs";

let restored: Promise<void> | null = null;
let session = "";

/** Whether the page is about to show tabs of last time or what its address names: till then nothing else is offered. */
export const useOpening = create(() => namesGraph() || ownSession() !== null);

/** Milliseconds that the first drawing waits for what it will show. */
const PATIENCE = 300;

/** Brings back what there was before anything is drawn: an empty canvas first and then the graph would take longer. */
export async function prepare(): Promise<void> {
  restored ??= restore();
  await Promise.race([restored, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
}

/** Returns the way to stop it all. It may be started again after that, as React's strict mode does. */
export function startStore(): () => void {
  restored ??= restore();
  const stops = [
    applyTheme(),
    startQueue(),
    followRuns(),
    startPreviews(),
    startCompiling(),
    startSaving(),
    installTitle(),
    startLive(),
  ];
  let stopped = false;
  void restored.then(() => {
    if (!stopped)
      stops.push(
        keepCopies(() => session),
        followHash(),
      );
  });
  return () => {
    stopped = true;
    for (const stop of stops) stop();
  };
}

/** Brings back the tabs of this window, or of one that crashed, and then what the address names. */
async function restore(): Promise<void> {
  // Without the node types a graph would be drawn twice.
  const types = loadCatalogue();
  const own = ownSession();
  if (own !== null) bringBack(own);
  session = await claim(own);
  void findRuns();
  for (const tab of useEditor.getState().tabs) if (tab.saved !== null) void refresh(tab.id);
  await types;
  try {
    await openHash();
  } finally {
    dropAhead();
    useOpening.setState(false, true);
  }
}

/** The session this window keeps its tabs in from now on. */
async function claim(own: string | null): Promise<string> {
  if (own !== null) {
    if (await hold(own)) return own;
    becomeDuplicate();
  } else {
    for (const orphan of await orphans()) {
      if (!(await hold(orphan))) continue;
      adoptSession(orphan);
      bringBack(orphan);
      return orphan;
    }
  }
  const fresh = newSession();
  await hold(fresh);
  return fresh;
}

function bringBack(session: string): void {
  const kept = readCopies(session);
  if (kept !== null) restoreTabs(kept.tabs, kept.active);
}

/** This window was made by duplicating another: same graphs, but tabs of its own. */
function becomeDuplicate(): void {
  useEditor.setState(({ tabs, activeTab }) => {
    const ids = new Map(tabs.map((tab) => [tab.id, randomId()]));
    const renamed = tabs.map((tab) => ({ ...tab, id: ids.get(tab.id) ?? tab.id }));
    return { tabs: renamed, activeTab: ids.get(activeTab) ?? "" };
  });
}
