/** The pictures that nodes show while they compute: the newest of each, at most one change per animation frame. */
import { useCallback, useSyncExternalStore } from "react";
import type { Preview } from "@/api/socket";
import type { NodeRunView } from "@/store/fold";
import { nodeRun, nodeRuns, watchNodes } from "@/store/records";
import { useSettings } from "@/store/settings";
import { useEditor, useTab } from "@/store/tabs";

interface Shown {
  readonly run: string;
  readonly url: string;
  readonly picture: Blob;
  /** The picture before; its address lives on until this one is surely drawn. */
  readonly before: string | null;
  /** When it was shown, by `performance.now()`. */
  readonly at: number;
}

/** By tab and node: what is shown stays when another run starts, until that run shows something else. */
const shown = new Map<string, Shown>();
/** The last preview of results, by their keys: a run that need not make one again shows it. The oldest go first. */
const ofResult = new Map<string, Blob>();
const REMEMBERED = 200;
const waiting = new Map<string, Preview>();
const listeners = new Map<string, Set<() => void>>();
let frame: number | null = null;

/** The address of the newest preview of a node in the active tab. */
export function usePreview(nodeId: string): string | undefined {
  const key = keyOf(
    useTab((tab) => tab.id),
    nodeId,
  );
  const subscribe = useCallback((listener: () => void) => listen(key, listener), [key]);
  return useSyncExternalStore(subscribe, () => shown.get(key)?.url);
}

/** Takes a preview. One that was not shown yet gives way to it. */
export function receivePreview(preview: Preview): void {
  if (!useSettings.getState().previews) return;
  const { run, node } = preview.header;
  waiting.set(keyOf(run, node), preview);
  frame ??= requestAnimationFrame(show);
}

/** Lets previews go that no longer fit: of closed tabs, and of nodes whose result became another. */
export function startPreviews(): () => void {
  const stops = [
    watchNodes((run, node, view) => {
      for (const tab of tabsShowing(run)) settle(tab, run, node, view);
    }),
    useEditor.subscribe((now, before) => {
      if (now.tabs === before.tabs) return;
      if (now.tabs.length < before.tabs.length) forgetClosed();
      const shownBefore = new Map(before.tabs.map(({ id, runs }) => [id, runs]));
      for (const { id, runs } of now.tabs) if (runs !== null && runs !== shownBefore.get(id)) settleAll(id, runs);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    if (frame !== null) cancelAnimationFrame(frame);
    frame = null;
    waiting.clear();
    ofResult.clear();
    for (const key of [...shown.keys()]) drop(key);
  };
}

function show(now: number): void {
  frame = null;
  const interval = 1000 / useSettings.getState().previewRate;
  for (const [key, preview] of waiting) {
    const { run, node } = preview.header;
    const keys = tabsShowing(run).map((tab) => keyOf(tab, node));
    if (keys.some((key) => now - (shown.get(key)?.at ?? -Infinity) < interval)) continue;
    waiting.delete(key);
    for (const key of keys) put(key, run, preview.picture, now);
    const view = nodeRun(run, node);
    if (view?.state === "succeeded") remember(view.key, preview.picture);
  }
  if (waiting.size > 0) frame = requestAnimationFrame(show);
}

function put(key: string, run: string, picture: Blob, at: number): void {
  const last = shown.get(key);
  if (last?.before) URL.revokeObjectURL(last.before);
  shown.set(key, { run, url: URL.createObjectURL(picture), picture, before: last?.url ?? null, at });
  tell(key);
}

/** A run may have got far before a tab shows it. */
function settleAll(tab: string, run: string): void {
  for (const [node, view] of nodeRuns(run)) settle(tab, run, node, view);
}

/** A result that came without a preview of its own gets the one that it once had; that of another result goes. */
function settle(tab: string, run: string, node: string, { state, key }: NodeRunView): void {
  if (state !== "succeeded" && state !== "unneeded") return;
  const place = keyOf(tab, node);
  const now = shown.get(place);
  if (now?.run === run) return remember(key, now.picture);
  if (waiting.has(keyOf(run, node)) || (now !== undefined && nodeRun(now.run, node)?.key === key)) return;
  const known = ofResult.get(key);
  if (known !== undefined) put(place, run, known, performance.now());
  else if (now !== undefined) drop(place);
}

function remember(key: string, picture: Blob): void {
  ofResult.delete(key);
  ofResult.set(key, picture);
  const [oldest] = ofResult.keys();
  if (ofResult.size > REMEMBERED && oldest !== undefined) ofResult.delete(oldest);
}

function forgetClosed(): void {
  const open = new Set(useEditor.getState().tabs.map(({ id }) => id));
  for (const key of [...shown.keys()]) if (!open.has(key.slice(0, key.indexOf(" ")))) drop(key);
}

function drop(key: string): void {
  const last = shown.get(key);
  if (last === undefined) return;
  shown.delete(key);
  tell(key);
  URL.revokeObjectURL(last.url);
  if (last.before) URL.revokeObjectURL(last.before);
}

function tabsShowing(run: string): readonly string[] {
  return useEditor.getState().tabs.flatMap((tab) => (tab.runs === run ? [tab.id] : []));
}

function keyOf(tabOrRun: string, node: string): string {
  return `${tabOrRun} ${node}`;
}

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
