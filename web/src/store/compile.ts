/** Asks the server what the active tab's graph means, after each edit that may change it. */
import { replaceEqualDeep } from "@tanstack/react-query";
import { api, ApiError, isAbort, unwrap } from "@/api/client";
import type { CompileResult, NodePorts } from "@/api/types";
import { saveDoc } from "@/graph/document";
import { lockWith, sameLock, withNewPins } from "@/graph/lock";
import type { Doc } from "@/graph/types";
import { sameMeaning } from "@/store/meaning";
import { activeTab, tabOf, updateTab, useEditor, type KnownPorts, type Tab } from "@/store/tabs";

/** Milliseconds without an edit after which the graph is sent. */
const QUIET = 30;
/** Milliseconds after which it is sent though edits go on, as while a number is dragged. */
const PATIENCE = 120;

/** Milliseconds until a question that could not be asked is asked again. */
const OFFLINE = 2000;

interface Asking {
  /** What was or will be asked about. */
  doc: Doc;
  /** Counts questions, so that an answer to an earlier one is known as such. */
  number: number;
  since: number | null;
  timer?: ReturnType<typeof setTimeout>;
  abort?: AbortController;
  retry: boolean;
}

const asking = new Map<string, Asking>();

/** Keeps the active tab compiled. Returns the way to stop. */
export function startCompiling(): () => void {
  check();
  const stop = useEditor.subscribe(check);
  return () => {
    stop();
    for (const one of asking.values()) {
      clearTimeout(one.timer);
      one.abort?.abort();
    }
    asking.clear();
  };
}

/** Compiles the active tab once more; the others when they are looked at. `retry` asks again for what had failed. */
export function compileAgain({ retry = false }: { retry?: boolean } = {}): void {
  const { id } = activeTab();
  for (const other of asking.keys()) if (other !== id) asking.delete(other);
  schedule(activeTab(), retry);
}

function check(): void {
  const tab = activeTab();
  const last = asking.get(tab.id);
  if (last === undefined || !sameMeaning(last.doc, tab.doc)) schedule(tab, false);
  if (asking.size > useEditor.getState().tabs.length) forgetClosed();
}

function schedule({ id, doc }: Tab, retry: boolean): void {
  const one: Asking = asking.get(id) ?? { doc, number: 0, since: null, retry: false };
  asking.set(id, one);
  one.doc = doc;
  one.retry ||= retry;
  one.since ??= performance.now();
  clearTimeout(one.timer);
  const left = one.since + PATIENCE - performance.now();
  one.timer = setTimeout(() => void ask(id, one), Math.max(0, Math.min(QUIET, left)));
  updateTab(id, (tab) => (tab.compiling ? {} : { compiling: true }));
}

async function ask(id: string, one: Asking): Promise<void> {
  const tab = tabOf(id);
  if (tab === undefined) return;
  const number = ++one.number;
  const { retry } = one;
  one.abort?.abort();
  one.abort = new AbortController();
  Object.assign(one, { doc: tab.doc, since: null, retry: false });
  const answer = await compile(tab, retry, one.abort.signal);
  if (one.number !== number || asking.get(id) !== one) return;
  if (answer === null) one.timer = setTimeout(() => void ask(id, one), OFFLINE);
  updateTab(id, (now) => {
    const change = { compiling: false, ...(answer && answered(now, tab.doc, answer)) };
    // The answer holds for the graph with its pins, too: they alone are no reason to ask again.
    if (change.doc !== undefined && sameMeaning(one.doc, now.doc)) one.doc = change.doc;
    return change;
  });
}

/** What the server says; null if there is no answer to be had now. */
async function compile({ doc, compiled }: Tab, retry: boolean, signal: AbortSignal): Promise<CompileResult | null> {
  try {
    return await unwrap(
      api.POST("/api/compile", { body: saveDoc(doc), params: { query: retry ? { retry } : {} }, signal }),
    );
  } catch (error) {
    if (isAbort(error)) return null;
    if (!(error instanceof ApiError)) throw error;
    if (error.offline) return null;
    // The document itself was refused: its nodes are as they were, the problems say why.
    return { nodes: {}, order: [], revision: 0, ...compiled, problems: error.problems };
  }
}

/** What an answer changes in a tab. What is equal to the answer before stays the same object. */
function answered(tab: Tab, doc: Doc, answer: CompileResult): Partial<Tab> {
  const compiled = replaceEqualDeep(tab.compiled, answer);
  const pinned = pinnedBy(tab, doc, answer);
  if (compiled === tab.compiled) return pinned;
  return { compiled, ports: portsAfter(tab.ports, doc, compiled), ...pinned };
}

/**
 * The graph with the commits of the repos that it was found to use. That is no step to undo, and does not make a saved
 * graph that was only looked at a changed one; it is saved with what a person does.
 */
function pinnedBy(tab: Tab, asked: Doc, { lock = {}, problems }: CompileResult): Partial<Tab> {
  const isOther = problems.some(({ code }) => code === "lock_changed");
  // A folder that is not what it was is told until a person takes it by an update.
  const next = isOther ? withNewPins(tab.doc.lock, lock) : lockWith(tab.doc.lock, lock);
  if (tab.doc.lock !== asked.lock || sameLock(tab.doc.lock, next)) return {};
  return { doc: { ...tab.doc, lock: next }, dirty: tab.dirty || tab.history.past.length > 0 };
}

function portsAfter(before: Tab["ports"], doc: Doc, { nodes }: CompileResult): Tab["ports"] {
  const ports = new Map<string, KnownPorts>(before);
  for (const { id, type } of doc.nodes) {
    const answer = nodes[id];
    const known = ports.get(id);
    const last = known?.type === type ? known.ports : undefined;
    const found = answer && stillShown(last, answer);
    if (found !== undefined && last !== found) ports.set(id, { type, ports: found });
  }
  return ports;
}

/** While ports are being found out, those known before stay: what is typed meanwhile is kept, and nothing jumps. */
function stillShown(last: NodePorts | undefined, answer: NodePorts): NodePorts {
  const known = last !== undefined && (last.pending !== true || (last.outputs ?? []).length > 0);
  if (answer.pending !== true || !known || (answer.outputs ?? []).length > 0) return answer;
  return last.pending === true ? last : { ...last, pending: true };
}

function forgetClosed(): void {
  for (const id of asking.keys()) if (tabOf(id) === undefined) asking.delete(id);
}
