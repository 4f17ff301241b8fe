/** The state of a run as a fold of its events: like the server's `engine/run/record.py`, with the client's own clock. */
import type { LogLine, NodeRun, Problem, Run, RunEvent, ValueSummary } from "@/api/types";
import { assertNever } from "@/store/assert";

type NodeState = NonNullable<NodeRun["state"]>;
export type RunState = NonNullable<Run["state"]>;

/** What became of one node in a run. Times are of this page's monotonic clock (`performance.now()`, ms). */
export interface NodeRunView {
  readonly state: NodeState;
  readonly cached: boolean;
  readonly step: number;
  readonly total: number;
  /** Time in its lane, once it ended. */
  readonly seconds: number;
  /** When it was seen to start; null if that was before this page looked. */
  readonly startedAt: number | null;
  /** Seconds left by the pace of the steps seen so far; null until two were seen. */
  readonly remaining: number | null;
  readonly key: string;
  readonly outputs: Readonly<Record<string, ValueSummary>>;
  readonly problem: Problem | null;
  /** The node that a skip is due to. */
  readonly because: string | null;
  readonly log: readonly LogLine[];
}

/** A run without its nodes. `created`, `started` and `finished` are by the server's clock: compare them with each other only. */
export interface RunView {
  readonly id: string;
  readonly name: string;
  /** The first prompt and the first seed of its graph: what people tell runs apart by. */
  readonly prompt: string;
  readonly seed: number | null;
  readonly state: RunState;
  /** Id of the tab it was started from, if it was one. */
  readonly source: string | null;
  readonly created: number | null;
  readonly started: number | null;
  readonly finished: number | null;
  /** When it was seen to start, by `performance.now()`; null if that was before this page looked. */
  readonly startedAt: number | null;
  readonly problem: Problem | null;
  readonly targets: readonly string[];
  /** How many nodes it visits; 0 until known. */
  readonly nodes: number;
  /** How many of them have ended. */
  readonly ended: number;
}

/** A run with its nodes. Each view in it is replaced, never changed. */
export interface RunRecord {
  seq: number;
  view: RunView;
  readonly nodes: Map<string, NodeRunView>;
  /** Where the pace of a node's steps is counted from. */
  readonly pace: Map<string, { readonly step: number; readonly at: number }>;
}

export const FINAL: ReadonlySet<RunState> = new Set(["succeeded", "failed", "cancelled"]);

const idle: NodeRunView = {
  state: "queued",
  cached: false,
  step: 0,
  total: 0,
  seconds: 0,
  startedAt: null,
  remaining: null,
  key: "",
  outputs: {},
  problem: null,
  because: null,
  log: [],
};

/** A run of which nothing is known yet but its id. */
export function newRecord(id: string): RunRecord {
  const view: RunView = {
    id,
    name: "",
    prompt: "",
    seed: null,
    state: "queued",
    source: null,
    created: null,
    started: null,
    finished: null,
    startedAt: null,
    problem: null,
    targets: [],
    nodes: 0,
    ended: 0,
  };
  return { seq: 0, view, nodes: new Map(), pace: new Map() };
}

/** A run as the server's snapshot tells it, keeping what only this page knows of `before`. */
export function recordOf(run: Run, before?: RunRecord): RunRecord {
  const nodes = new Map<string, NodeRunView>();
  for (const id of awaited(run)) nodes.set(id, idle);
  for (const [id, node] of Object.entries(run.nodes ?? {})) nodes.set(id, nodeOf(node, before?.nodes.get(id)));
  const known = before?.view ?? newRecord(run.id).view;
  const view: RunView = {
    ...known,
    ...headOf(run, known),
    state: run.state ?? "queued",
    started: run.started ?? null,
    finished: run.finished ?? null,
    problem: run.problem ?? null,
    // Only an event tells the exact number; after a reload it has passed.
    nodes: known.nodes || [...nodes.values()].filter(isVisited).length,
    ended: [...nodes.values()].filter(isVisited).filter(hasEnded).length,
  };
  const record = { seq: run.seq ?? 0, view, nodes, pace: before?.pace ?? new Map() };
  if (FINAL.has(view.state)) settle(record);
  return record;
}

/** What an answer about a run says that its events do not. */
export function headOf(
  run: Run,
  known: RunView,
): Pick<RunView, "name" | "prompt" | "seed" | "source" | "created" | "targets"> {
  return {
    name: run.name ?? known.name,
    prompt: run.prompt ?? known.prompt,
    seed: run.seed ?? known.seed,
    source: run.source || known.source,
    created: run.created,
    targets: run.targets ?? known.targets,
  };
}

/** Marks the nodes that a run will visit as queued, as far as nothing is known of them. Returns their ids. */
export function expectNodes(record: RunRecord, run: Run): readonly string[] {
  if (FINAL.has(record.view.state)) return [];
  const expected = awaited(run).filter((id) => !record.nodes.has(id));
  for (const id of expected) record.nodes.set(id, idle);
  return expected;
}

/** Brings `record` up to the event, whose `seq` must be the next. Returns the ids of the nodes whose views changed. */
export function fold(record: RunRecord, event: RunEvent, now: number): readonly string[] {
  record.seq = event.seq;
  switch (event.kind) {
    case "run_queued":
      patch(record, {
        state: "queued",
        name: event.name ?? record.view.name,
        prompt: event.prompt ?? record.view.prompt,
        seed: event.seed ?? record.view.seed,
        created: record.view.created ?? event.time,
      });
      return [];
    case "run_started":
      patch(record, { state: "running", started: event.time, startedAt: now, nodes: event.nodes });
      return setUnneeded(record, event.unneeded ?? {});
    case "run_finished":
      patch(record, { state: event.state, finished: event.time, problem: event.problem ?? null });
      return settle(record);
    case "node_started":
      record.pace.delete(event.node);
      return setNode(record, event.node, { state: "running", startedAt: now });
    case "node_progress":
      return setNode(record, event.node, progress(record, event, now));
    case "node_log":
      return setNode(record, event.node, {
        log: [...(record.nodes.get(event.node)?.log ?? []), { level: event.level ?? "info", text: event.text }],
      });
    case "node_finished": {
      const { cached, seconds, key, outputs } = event;
      return setNode(record, event.node, { state: "succeeded", cached, seconds, key, outputs, remaining: null });
    }
    case "node_failed": {
      const state = event.problem.code === "cancelled" ? "cancelled" : "failed";
      return setNode(record, event.node, { state, problem: event.problem, remaining: null });
    }
    case "node_skipped":
      return setNode(record, event.node, { state: "skipped", because: event.because });
    default:
      return assertNever(event);
  }
}

/** What the run has nothing to do for, with the keys of its results. */
function setUnneeded(record: RunRecord, keys: Readonly<Record<string, string>>): readonly string[] {
  for (const [id, key] of Object.entries(keys)) record.nodes.set(id, { ...idle, state: "unneeded", key });
  return Object.keys(keys);
}

function setNode(record: RunRecord, id: string, change: Partial<NodeRunView>): readonly string[] {
  const before = record.nodes.get(id) ?? idle;
  const after = { ...before, ...change };
  record.nodes.set(id, after);
  if (hasEnded(after) && !(hasEnded(before) && isVisited(before))) patch(record, { ended: record.view.ended + 1 });
  return [id];
}

function patch(record: RunRecord, change: Partial<RunView>): void {
  record.view = { ...record.view, ...change };
}

/** Steps that begin anew, as for each item of a list, set a new start for the pace. */
function progress(
  record: RunRecord,
  event: { node: string; step: number; total: number },
  now: number,
): Partial<NodeRunView> {
  const { node, step, total } = event;
  const since = record.pace.get(node);
  if (since === undefined || step <= since.step) {
    record.pace.set(node, { step, at: now });
    return { state: "running", step, total, remaining: null };
  }
  const seconds = (now - since.at) / 1000 / (step - since.step);
  return { state: "running", step, total, remaining: Math.max(0, total - step) * seconds };
}

/** After the end of a run no node waits: what did not begin was not needed, what had begun was cancelled. */
function settle(record: RunRecord): readonly string[] {
  const open = [...record.nodes].filter(([, node]) => !hasEnded(node));
  for (const [id, node] of open) {
    if (node.state === "running") record.nodes.set(id, { ...node, state: "cancelled", remaining: null });
    else record.nodes.delete(id);
  }
  return open.map(([id]) => id);
}

function hasEnded({ state }: NodeRunView): boolean {
  return state !== "queued" && state !== "running";
}

/** Whether the run counts it among the nodes that it visits. */
function isVisited({ state }: NodeRunView): boolean {
  return state !== "unneeded";
}

function nodeOf(node: NodeRun, before: NodeRunView | undefined): NodeRunView {
  return {
    state: node.state ?? "queued",
    cached: node.cached ?? false,
    step: node.step ?? 0,
    total: node.total ?? 0,
    seconds: node.seconds ?? 0,
    startedAt: before?.startedAt ?? null,
    remaining: null,
    key: node.key ?? "",
    outputs: node.outputs ?? {},
    problem: node.problem ?? null,
    because: node.because ?? null,
    log: node.log ?? [],
  };
}

/** The ids of the targets and of all they depend on, if the run tells its graph and has not ended. */
function awaited(run: Run): readonly string[] {
  if (!run.graph || FINAL.has(run.state ?? "queued")) return [];
  const sources = new Map<string, string[]>();
  for (const { source, target } of run.graph.edges ?? []) sources.set(target, [...(sources.get(target) ?? []), source]);
  const found = new Set(run.targets);
  for (const id of found) for (const source of sources.get(id) ?? []) found.add(source);
  return [...found];
}
