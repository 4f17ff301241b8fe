/** Undo and redo: the docs before and after each step. They share what did not change, so a step costs little. */
import { patched } from "./edit";
import { withLostPins } from "./lock";
import type { Command, Doc } from "./types";

interface Step {
  readonly name: string;
  /** The doc to go back to (in `past`), or forward to (in `future`). */
  readonly doc: Doc;
  readonly merge: string | undefined;
  /** When it was last added to, in ms. */
  readonly time: number;
  readonly viewport: boolean;
  readonly lock: boolean;
}

/** The last item of each list is the next to be undone or redone. */
export interface History {
  readonly past: readonly Step[];
  readonly future: readonly Step[];
}

export interface Change {
  readonly history: History;
  readonly doc: Doc;
  /** What was undone or redone. */
  readonly name: string;
}

const DEEPEST = 500;
const MERGE_MS = 1000;

export const emptyHistory: History = { past: [], future: [] };

/** Remembers that `command` changed `before`, at `now` (ms). Not to be called if it changed nothing. */
export function record(history: History, before: Doc, command: Command, now: number): History {
  const last = history.past.at(-1);
  if (last && history.future.length === 0 && continues(last, command, now)) {
    return { past: [...history.past.slice(0, -1), { ...last, time: now }], future: [] };
  }
  const { name, merge, viewport = false, lock = false } = command;
  const step = { name, doc: before, merge, time: now, viewport, lock };
  return { past: [...history.past.slice(1 - DEEPEST), step], future: [] };
}

export function undo(history: History, doc: Doc): Change | null {
  const step = history.past.at(-1);
  if (!step) return null;
  const next = { past: history.past.slice(0, -1), future: [...history.future, { ...step, doc }] };
  return { history: next, doc: seen(step, doc), name: step.name };
}

export function redo(history: History, doc: Doc): Change | null {
  const step = history.future.at(-1);
  if (!step) return null;
  const next = { past: [...history.past, { ...step, doc }], future: history.future.slice(0, -1) };
  return { history: next, doc: seen(step, doc), name: step.name };
}

function continues(last: Step, command: Command, now: number): boolean {
  const gap = now - last.time;
  return command.merge !== undefined && command.merge === last.merge && gap >= 0 && gap < MERGE_MS;
}

/**
 * The doc of `step`, looked at from where `current` is looked at, and pinned as it is: neither is a change to undo. A
 * repo whose node comes back is pinned as it was, since its pin went with the node.
 */
function seen(step: Step, current: Doc): Doc {
  const viewport = step.viewport ? step.doc.viewport : current.viewport;
  const lock = step.lock ? step.doc.lock : withLostPins(current.lock, step.doc.lock);
  return patched(step.doc, { viewport, lock });
}
