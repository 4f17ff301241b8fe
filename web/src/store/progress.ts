/** How far the shown run is: in the page's title and its icon. */
import { FINAL, type NodeRunView, type RunView } from "@/store/fold";
import { nodeRuns, runView, watchNodes, watchRuns } from "@/store/records";
import { activeTab, useEditor } from "@/store/tabs";
import { store as strings } from "@/strings/store";

/** From 0 to 1; null if the run has ended. Each node counts alike, one that runs by its steps, so it never goes back. */
export function totalProgress(run: RunView, nodes: Iterable<NodeRunView> = nodeRuns(run.id).values()): number | null {
  if (FINAL.has(run.state)) return null;
  if (run.nodes === 0) return 0;
  let done = run.ended;
  for (const node of nodes) if (node.state === "running" && node.total > 0) done += Math.min(1, node.step / node.total);
  return Math.min(1, done / run.nodes);
}

/** Milliseconds between two looks. A timer, for a page in the background gets no animation frames. */
const PATIENCE = 250;

/** Keeps title and icon of the page at the progress of the active tab's run. Returns the way to stop. */
export function installTitle(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last: number | null = null;
  const update = () => {
    timer = undefined;
    const { doc, runs } = activeTab();
    const run = runs === null ? undefined : runView(runs);
    const progress = run === undefined ? null : totalProgress(run);
    const percent = progress === null ? null : Math.floor(progress * 100);
    const name = doc.name || strings.untitled;
    document.title = percent === null ? strings.title(name) : strings.titleRunning(percent, name);
    if (percent !== last) drawIcon(percent);
    last = percent;
  };
  const soon = () => {
    timer ??= setTimeout(update, PATIENCE);
  };
  update();
  const stops = [watchNodes(soon), watchRuns(soon), useEditor.subscribe(soon)];
  return () => {
    for (const stop of stops) stop();
    clearTimeout(timer);
  };
}

const SIDE = 32;
let usualIcon: string | null = null;

/** A ring that fills up while a run goes on; the page's own icon otherwise. */
function drawIcon(percent: number | null): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link === null) return;
  usualIcon ??= link.href;
  const ring = percent === null ? null : ringOf(percent / 100);
  link.href = ring ?? usualIcon;
}

function ringOf(part: number): string | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d");
  if (context === null) return null;
  const top = -Math.PI / 2;
  const arc = (colour: string, end: number) => {
    context.beginPath();
    context.strokeStyle = colour;
    context.arc(SIDE / 2, SIDE / 2, SIDE / 2 - 4, top, top + end * 2 * Math.PI);
    context.stroke();
  };
  context.lineWidth = 6;
  arc("#8884", 1);
  arc("#7c5cff", Math.max(0.02, part));
  return canvas.toDataURL();
}
