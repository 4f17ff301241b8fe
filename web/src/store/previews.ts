/** The pictures that nodes show while they compute: the newest of each, at most one change per animation frame. */
import { useCallback, useSyncExternalStore } from "react";
import type { Preview } from "@/api/socket";
import { nodeRun, watchNodes } from "@/store/records";
import { useSettings } from "@/store/settings";
import { useEditor, useTab } from "@/store/tabs";

interface Shown {
  readonly run: string;
  readonly url: string;
  /** The picture before; its address lives on until this one is surely drawn. */
  readonly before: string | null;
  /** When it was shown, by `performance.now()`. */
  readonly at: number;
}

/** By tab and node: what is shown stays when another run starts, until that run shows something else. */
const shown = new Map<string, Shown>();
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
      if (view.state === "succeeded") settle(run, node, view.key);
    }),
    useEditor.subscribe((now, before) => {
      if (now.tabs.length < before.tabs.length) forgetClosed();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    if (frame !== null) cancelAnimationFrame(frame);
    frame = null;
    waiting.clear();
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
  }
  if (waiting.size > 0) frame = requestAnimationFrame(show);
}

function put(key: string, run: string, picture: Blob, at: number): void {
  const last = shown.get(key);
  if (last?.before) URL.revokeObjectURL(last.before);
  shown.set(key, { run, url: URL.createObjectURL(picture), before: last?.url ?? null, at });
  tell(key);
}

/** A result that came without a preview of its own keeps the one before only if it is the same result. */
function settle(run: string, node: string, key: string): void {
  for (const tab of tabsShowing(run)) {
    const before = shown.get(keyOf(tab, node));
    if (before !== undefined && before.run !== run && nodeRun(before.run, node)?.key !== key) drop(keyOf(tab, node));
  }
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
