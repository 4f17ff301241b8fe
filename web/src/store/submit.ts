/** Starting and stopping the runs of a tab. */
import { create } from "zustand";
import { api, ApiError, unwrap } from "@/api/client";
import type { Problem, Run } from "@/api/types";
import { edgesInto, saveDoc } from "@/graph/document";
import { advanceSeeds, randomSeed, seedRange } from "@/graph/seeds";
import { amend, select } from "@/store/editing";
import { FINAL } from "@/store/fold";
import { focusNode } from "@/store/focus";
import { nodePorts } from "@/store/nodes";
import { cancelRun } from "@/store/queue";
import { adopt, knownRuns, runView } from "@/store/records";
import { activateTab } from "@/store/tablist";
import { activeTab, tabOf, updateTab, type Tab } from "@/store/tabs";
import { dismissTopic, toast } from "@/store/toasts";
import { asTold } from "@/store/told";
import { showInspector } from "@/store/ui";
import { store as strings } from "@/strings/store";

/** Runs the active tab's graph, or what its `targets` need, `count` times; the seeds advance after each. */
export async function startRun({
  targets,
  count = 1,
}: { targets?: readonly string[]; count?: number } = {}): Promise<void> {
  const { id } = activeTab();
  updateTab(id, { refused: [] });
  dismissTopic(runsOf(id));
  let overrides: Record<string, number> = {};
  try {
    for (let number = 0; number < count; number++) {
      const tab = tabOf(id);
      if (tab === undefined) return;
      const run = await shownStarting(id, submit(tab, targets, overrides));
      adopt(run);
      if (!isBusy(tabOf(id)?.runs ?? null)) showRun(id, run.id);
      overrides = advance(id, run) ? {} : otherSeeds(tab);
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    refuse(id, error);
  }
}

/** Milliseconds that the server may take to take a run in before that is shown. */
const PATIENCE = 150;

/** Ids of tabs, each as often as the server takes long to take in a run of it. */
const useStarting = create<readonly string[]>(() => []);

/** Whether the server still finds out what a run of this tab needs. */
export function useIsStarting(tabId: string): boolean {
  return useStarting((tabs) => tabs.includes(tabId));
}

async function shownStarting<T>(tabId: string, answer: Promise<T>): Promise<T> {
  let isShown = false;
  const timer = setTimeout(() => {
    isShown = true;
    useStarting.setState((tabs) => [...tabs, tabId], true);
  }, PATIENCE);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
    if (isShown) useStarting.setState((tabs) => tabs.toSpliced(tabs.indexOf(tabId), 1), true);
  }
}

/** Cancels all runs that were started from the active tab, and the one it shows. */
export async function stopRun(): Promise<void> {
  const { id, runs } = activeTab();
  const mine = knownRuns().filter((run) => run.source === id || run.id === runs);
  await Promise.all(mine.filter((run) => !FINAL.has(run.state)).map((run) => cancelRun(run.id)));
}

/** Shows a run in a tab: its states appear on the nodes. */
export function showRun(tabId: string, runId: string): void {
  updateTab(tabId, { runs: runId });
}

/** Chooses a node in a tab and brings it into view. */
function showNode(tabId: string, nodeId: string): void {
  activateTab(tabId);
  select([nodeId]);
  focusNode(nodeId);
}

async function submit(
  { id, doc }: Tab,
  targets: readonly string[] | undefined,
  overrides: Readonly<Record<string, number>>,
): Promise<Run> {
  const graph = saveDoc(doc);
  const body = { graph, source: id, overrides, ...(targets && { targets }) };
  const run = await unwrap(api.POST("/api/runs", { body }));
  // The answer leaves the graph out; with it, the nodes to come can be marked.
  return { ...run, graph };
}

function isBusy(run: string | null): boolean {
  const state = run === null ? undefined : runView(run)?.state;
  return state !== undefined && !FINAL.has(state);
}

/** Whether the graph has seeds that advance, and did. */
function advance(tabId: string, run: Run): boolean {
  const tab = tabOf(tabId);
  const range = (node: string, param: string) =>
    seedRange(tab && nodePorts(tab, node)?.inputs?.find(({ name }) => name === param));
  const command = tab && advanceSeeds(tab.doc, run, { range });
  if (!command) return false;
  amend(command, tabId);
  return true;
}

/** New seeds for the next run of a batch whose seeds are fixed: else all runs of it would be the same. */
function otherSeeds(tab: Tab): Record<string, number> {
  const seeds = tab.doc.nodes.flatMap(({ id }) => {
    const connected = new Set(edgesInto(tab.doc, id).map((edge) => edge.targetHandle));
    const ports = nodePorts(tab, id)?.inputs ?? [];
    return ports
      .filter(({ name, widget }) => widget?.kind === "seed" && !connected.has(name))
      .map((port) => [`${id}.${port.name}`, randomSeed(seedRange(port))] as const);
  });
  return Object.fromEntries(seeds);
}

function refuse(tabId: string, error: ApiError): void {
  const { problem } = error;
  // That is nothing wrong with the graph, and over as soon as the connection stands again.
  if (problem.code === "offline") {
    const { remedy } = problem;
    return void toast({ kind: "warning", title: problem.message, ...(remedy && { text: remedy }) });
  }
  updateTab(tabId, { refused: error.problems });
  const node = error.problems.find((problem) => problem.node)?.node;
  if (node) showNode(tabId, node);
  const tab = tabOf(tabId);
  const ports = tab && problem.node ? nodePorts(tab, problem.node) : undefined;
  toast({ kind: "error", title: asTold(problem, ports).message, ...about(problem, tabId) });
}

/** The topic of what is told about the runs of a tab, until the next one. */
function runsOf(tabId: string): string {
  return `runs of ${tabId}`;
}

/** Text, details and button of a toast about a problem of a run. */
export function about(problem: Problem, tabId: string) {
  const { node, remedy, details } = problem;
  const show = { label: strings.showNode, run: () => (showNode(tabId, node ?? ""), showInspector("node")) };
  const topic = runsOf(tabId);
  return { topic, ...(remedy && { text: remedy }), ...(details && { details }), ...(node && { action: show }) };
}
