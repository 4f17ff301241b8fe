/** Saving to the server: by hand the first time, then by itself; what others saved meanwhile is never lost. */
import { api, ApiError, unwrap } from "@/api/client";
import { saveDoc } from "@/graph/document";
import type { Doc } from "@/graph/types";
import { announce, onAnnounced } from "@/store/announce";
import { meetOther, refresh } from "@/store/conflicts";
import { onConnected } from "@/store/connection";
import { sameContent } from "@/store/meaning";
import { reopen } from "@/store/tablist";
import { activeTab, randomId, tabOf, updateTab, useEditor, type Saved, type Tab } from "@/store/tabs";
import { toast, type Toast } from "@/store/toasts";
import { store as strings } from "@/strings/store";

/** Milliseconds after the last change until it is saved. */
const QUIET = 1500;
/** Milliseconds until it is tried again while the server cannot be reached. */
const OFFLINE = 5000;

const timers = new Map<string, ReturnType<typeof setTimeout>>();
/** Tabs whose graph is on its way to the server: one at a time, or they would conflict with themselves. */
const underWay = new Map<string, Promise<Saved | null>>();

/** Saves what changes in saved tabs. Returns the way to stop. */
export function startSaving(): () => void {
  const stops = [
    useEditor.subscribe((now, before) => {
      if (now.tabs === before.tabs) return;
      const old = new Map(before.tabs.map((tab) => [tab.id, tab]));
      for (const tab of now.tabs) {
        if (isDue(tab) && !isSame(tab, old.get(tab.id))) later(tab.id);
        old.delete(tab.id);
      }
      for (const closed of old.values()) if (isDue(closed)) void saveClosed(closed);
    }),
    onConnected(() => {
      for (const tab of useEditor.getState().tabs) if (isDue(tab)) later(tab.id);
    }),
    onAnnounced(({ graph, revision }) => {
      for (const { id, saved } of useEditor.getState().tabs) {
        if (saved?.id === graph && saved.revision < revision && !underWay.has(id)) void refresh(id);
      }
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
  };
}

/** Saves a tab now, the active one by default. One that was never saved gets a place on the server. */
export async function saveTab(tabId?: string): Promise<boolean> {
  const tab = tabId === undefined ? activeTab() : tabOf(tabId);
  if (tab === undefined || tab.conflict !== null) return false;
  const going = underWay.get(tab.id);
  if (going !== undefined) await going;
  return (await save(tab.id, { quiet: false })) !== null;
}

/** Saves a tab's graph under another name as a new graph, which the tab holds from then on. */
export async function saveAsNew(tabId: string): Promise<boolean> {
  updateTab(tabId, { saved: null, conflict: null, dirty: true });
  return saveTab(tabId);
}

function isDue(tab: Tab): boolean {
  return tab.saved !== null && tab.dirty && tab.conflict === null;
}

function isSame(tab: Tab, before: Tab | undefined): boolean {
  return before !== undefined && isDue(before) && sameContent(tab.doc, before.doc);
}

function later(id: string, wait = QUIET): void {
  clearTimeout(timers.get(id));
  timers.set(
    id,
    setTimeout(() => {
      timers.delete(id);
      const tab = tabOf(id);
      if (tab !== undefined && isDue(tab) && !underWay.has(id)) void save(id, { quiet: true });
    }, wait),
  );
}

async function save(id: string, { quiet }: { quiet: boolean }): Promise<Saved | null> {
  clearTimeout(timers.get(id));
  const going = attempt(id, quiet).finally(() => underWay.delete(id));
  underWay.set(id, going);
  const saved = await going;
  const tab = tabOf(id);
  if (saved !== null && tab !== undefined && isDue(tab)) later(id);
  return saved;
}

async function attempt(id: string, quiet: boolean): Promise<Saved | null> {
  const tab = tabOf(id);
  if (tab === undefined) return null;
  try {
    const saved = tab.saved === null ? await create(tab.doc) : await replace(tab.doc, tab.saved);
    stored(id, tab.doc, saved);
    announce({ graph: saved.id, revision: saved.revision });
    return saved;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 412) await meetOther(id);
    else if (!(quiet && error.offline))
      report(error, error.offline && tab.saved !== null ? { text: strings.saveOffline } : {});
    if (error.offline && tab.saved !== null) later(id, OFFLINE);
    return null;
  }
}

/** The last changes of a tab that was closed before they were saved. If they cannot be, the tab can come back. */
async function saveClosed({ id, doc, saved }: Tab): Promise<void> {
  clearTimeout(timers.get(id));
  const current = (await underWay.get(id)) ?? saved;
  if (current === null || tabOf(id) !== undefined) return;
  try {
    const { revision } = await replace(doc, current);
    announce({ graph: current.id, revision });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // It was closed because it was deleted.
    if (error.status === 412 && (await isGone(current.id))) return;
    report(error, { action: { label: strings.reopen, run: () => reopen(id) } });
  }
}

async function isGone(id: string): Promise<boolean> {
  try {
    await unwrap(api.GET("/api/graphs/{graph_id}", { params: { path: { graph_id: id } } }));
    return false;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status === 404;
  }
}

async function replace(doc: Doc, { id, revision }: Saved): Promise<Saved> {
  const params = { path: { graph_id: id }, header: { "if-match": `"${revision}"` } };
  const saved = await unwrap(api.PUT("/api/graphs/{graph_id}", { params, body: saveDoc(doc) }));
  return { id, revision: saved.revision };
}

async function create(doc: Doc): Promise<Saved> {
  const id = graphId(doc.name);
  const params = { path: { graph_id: id } };
  const { revision } = await unwrap(api.PUT("/api/graphs/{graph_id}", { params, body: saveDoc(doc) }));
  return { id, revision };
}

/** What was sent is on the server; what changed since is still to be saved. */
function stored(id: string, sent: Doc, saved: Saved): void {
  updateTab(id, ({ doc }) => ({ saved, savedAt: Date.now() / 1000, dirty: !sameContent(doc, sent) }));
}

/** Readable in a URL, and new: `text-to-image-x7k2p9`. */
export function graphId(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase();
  const slug = plain
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 48)
    .replaceAll(/^-+|-+$/g, "");
  return `${slug || "graph"}-${randomId().slice(0, 6)}`;
}

function report({ problem }: ApiError, more: Pick<Toast, "text" | "action">): void {
  const text = [problem.message, problem.remedy].filter(Boolean).join(" ");
  const details = problem.details && { details: problem.details };
  toast({ kind: "error", title: strings.saveFailed, text, ...details, ...more });
}
