/** All runs this page knows, kept up to date by events; whoever draws one node hears of that node only. */
import { useCallback, useSyncExternalStore } from "react";
import { api, ApiError, unwrap } from "@/api/client";
import type { Run, RunEvent } from "@/api/types";
import {
  expectNodes,
  FINAL,
  fold,
  headOf,
  newRecord,
  recordOf,
  type NodeRunView,
  type RunRecord,
  type RunView,
} from "@/store/fold";
import { useEditor } from "@/store/tabs";

/** Ended runs that are kept though no tab shows them. */
const REMEMBERED = 50;
/** Milliseconds until a snapshot that could not be had is asked for again. */
const PATIENCE = 2000;

interface Entry {
  record: RunRecord;
  /** Events that came after a hole, by `seq`, while the snapshot is on its way. */
  readonly early: Map<number, RunEvent>;
  fetching: Promise<void> | null;
}

const entries = new Map<string, Entry>();
const listeners = new Map<string, Set<() => void>>();
const watchers = new Set<(run: RunView, before: RunView) => void>();
const endings = new Set<(run: string, node: string, view: NodeRunView) => void>();

export function runView(id: string): RunView | undefined {
  return entries.get(id)?.record.view;
}

export function nodeRun(run: string, node: string): NodeRunView | undefined {
  return entries.get(run)?.record.nodes.get(node);
}

/** The nodes of a run as they are now. */
export function nodeRuns(run: string): ReadonlyMap<string, NodeRunView> {
  return entries.get(run)?.record.nodes ?? nothing;
}
const nothing: ReadonlyMap<string, NodeRunView> = new Map();

export function knownRuns(): readonly RunView[] {
  return Array.from(entries.values(), ({ record }) => record.view);
}

/** Calls `watcher` whenever the head of a run changes: its state, or how many nodes have ended. */
export function watchRuns(watcher: (run: RunView, before: RunView) => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Calls `watcher` whenever the view of a node changes. */
export function watchNodes(watcher: (run: string, node: string, view: NodeRunView) => void): () => void {
  endings.add(watcher);
  return () => endings.delete(watcher);
}

/** Takes an event of a run. One that leaves a hole waits until a snapshot has closed it. */
export function receive(event: RunEvent): void {
  const entry = entryOf(event.run);
  const { seq } = entry.record;
  if (event.seq <= seq) return;
  if (event.seq === seq + 1 && entry.fetching === null) {
    change(entry, () => fold(entry.record, event, performance.now()));
    return;
  }
  entry.early.set(event.seq, event);
  void fetchSnapshot(event.run);
}

/** Takes what an answer says about a run: a submission's, or a list's. */
export function adopt(run: Run): void {
  const entry = entryOf(run.id);
  const behind = (run.seq ?? 0) > entry.record.seq;
  change(entry, () => {
    if (behind) return replace(entry, run);
    entry.record.view = { ...entry.record.view, ...headOf(run, entry.record.view) };
    return expectNodes(entry.record, run);
  });
  catchUp(entry);
}

/** Asks the server for the whole state of a run. Resolves when it is there, or cannot be had now. */
export function fetchSnapshot(id: string): Promise<void> {
  const entry = entryOf(id);
  entry.fetching ??= ask(id, entry).finally(() => {
    entry.fetching = null;
    catchUp(entry);
    prune();
  });
  return entry.fetching;
}

/** Forgets a run that was removed from the history. */
function forget(id: string): void {
  const entry = entries.get(id);
  if (entry === undefined) return;
  entries.delete(id);
  for (const node of entry.record.nodes.keys()) tell(nodeKey(id, node));
  tell(id);
}

async function ask(id: string, entry: Entry): Promise<void> {
  try {
    const run = await unwrap(api.GET("/api/runs/{run_id}", { params: { path: { run_id: id } } }));
    change(entry, () => replace(entry, run));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) forget(id);
  }
}

/** Puts a snapshot in the place of what was known. Returns all nodes, for each may have changed. */
function replace(entry: Entry, run: Run): readonly string[] {
  const ended = FINAL.has(run.state ?? "queued");
  // A server that was stopped while the run ran does not know the last events that it sent, but knows that it ended.
  if ((run.seq ?? 0) < entry.record.seq && !ended) return [];
  if (ended) entry.early.clear();
  const before = entry.record;
  entry.record = recordOf(run, before);
  return [...new Set([...before.nodes.keys(), ...entry.record.nodes.keys()])];
}

/** Folds in the events that waited. If there is a hole still, another snapshot is asked for after a while. */
function catchUp(entry: Entry): void {
  if (entry.fetching !== null) return;
  for (const seq of [...entry.early.keys()].sort((a, b) => a - b)) {
    const event = entry.early.get(seq);
    if (event === undefined || seq > entry.record.seq + 1) break;
    entry.early.delete(seq);
    if (seq === entry.record.seq + 1) change(entry, () => fold(entry.record, event, performance.now()));
  }
  const { id } = entry.record.view;
  if (entry.early.size > 0) setTimeout(() => entries.get(id) === entry && void fetchSnapshot(id), PATIENCE);
}

function change(entry: Entry, apply: () => readonly string[]): void {
  const before = entry.record.view;
  const nodes = apply();
  const { view } = entry.record;
  for (const node of nodes) {
    tell(nodeKey(view.id, node));
    const found = entry.record.nodes.get(node);
    if (found !== undefined) for (const watcher of endings) watcher(view.id, node, found);
  }
  if (nodes.length > 0) tell(allKey(view.id));
  if (view === before) return;
  tell(view.id);
  for (const watcher of watchers) watcher(view, before);
  if (FINAL.has(view.state)) prune();
}

function entryOf(id: string): Entry {
  let entry = entries.get(id);
  if (entry === undefined) {
    entry = { record: newRecord(id), early: new Map(), fetching: null };
    entries.set(id, entry);
  }
  return entry;
}

/** Lets the oldest ended runs go. */
function prune(): void {
  if (entries.size <= REMEMBERED) return;
  const shown = new Set(useEditor.getState().tabs.map((tab) => tab.runs));
  const ended = [...entries].filter(([id, { record }]) => FINAL.has(record.view.state) && !shown.has(id));
  for (const [id] of ended.slice(0, Math.max(0, ended.length - REMEMBERED))) entries.delete(id);
}

const nodeKey = (run: string, node: string) => `${run} ${node}`;
const allKey = (run: string) => `${run} *`;

function tell(key: string): void {
  for (const listener of listeners.get(key) ?? []) listener();
}

function listen(key: string, listener: () => void): () => void {
  const group = listeners.get(key) ?? new Set();
  listeners.set(key, group.add(listener));
  return () => {
    group.delete(listener);
    if (group.size === 0 && listeners.get(key) === group) listeners.delete(key);
  };
}

const unheard = () => () => undefined;

/** A run's head; draws again only when it changes, not at each step of a node. */
export function useRunView(id: string | null): RunView | undefined {
  const subscribe = useCallback((listener: () => void) => (id === null ? unheard() : listen(id, listener)), [id]);
  return useSyncExternalStore(subscribe, () => (id === null ? undefined : runView(id)));
}

/** One node of a run; draws again only when that node changes. */
export function useNodeRunOf(run: string | null, node: string): NodeRunView | undefined {
  const subscribe = useCallback(
    (listener: () => void) => (run === null ? unheard() : listen(nodeKey(run, node), listener)),
    [run, node],
  );
  return useSyncExternalStore(subscribe, () => (run === null ? undefined : nodeRun(run, node)));
}

/** Calls `listener` at every change of a node of the run. */
export function listenToNodes(run: string, listener: () => void): () => void {
  return listen(allKey(run), listener);
}
