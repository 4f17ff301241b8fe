/** What can be done with a run and with what it made, from the queue, the gallery and the lightbox alike. */
import { api, unwrap } from "@/api/client";
import { reportError } from "@/panels/shell/reportError";
import { addedIds, addNode } from "@/graph/commands";
import { DocumentError } from "@/graph/document";
import type { Doc, Point } from "@/graph/types";
import { loaderOf } from "@/widgets/artifacts";
import { activeTab, dispatch } from "@/store/editor";
import { toast } from "@/store/toasts";
import { text } from "@/strings";
import { focusAndSelect } from "./focus";
import { fetchRun } from "./queries";

const words = text.results.queue;

/** Queues the graph of a run once more, exactly as it was. */
export async function rerun(id: string): Promise<void> {
  try {
    const { graph, targets } = await fetchRun(id);
    if (!graph) throw new DocumentError(words.noGraph);
    await unwrap(api.POST("/api/runs", { body: { graph, ...(targets && { targets }) } }));
    toast({ kind: "info", title: words.queuedAgain });
  } catch (error) {
    reportError(words.rerunFailed, error);
  }
}

/** Removes an ended run from the history; its pictures go when room is needed. Returns whether it is gone. */
export async function deleteRun(id: string): Promise<boolean> {
  try {
    await unwrap(api.DELETE("/api/runs/{run_id}", { params: { path: { run_id: id } } }));
    return true;
  } catch (error) {
    reportError(words.deleteFailed, error);
    return false;
  }
}

/** Adds a node to the active graph that loads the picture, video or sound, left of all others, and shows it. */
export function loadAsInput(artifact: string): void {
  const { doc } = activeTab();
  const loader = loaderOf(artifact);
  const node = { id: loader.type.replace(/\..*/, ""), ...loader, position: placeForInput(doc) };
  dispatch(addNode(node));
  const [added] = addedIds(doc, activeTab().doc);
  if (added !== undefined) focusAndSelect(added);
}

const LOADERS: ReadonlySet<string> = new Set(["image.load", "video.load", "audio.load"]);
const COLUMN = 340;
const ROW = 240;

/** Left of the leftmost node; below the inputs that are there already. */
export function placeForInput({ nodes }: Pick<Doc, "nodes">): Point {
  if (nodes.length === 0) return { x: 0, y: 0 };
  const left = Math.min(...nodes.map(({ position }) => position.x));
  const column = nodes.filter(({ position, type }) => position.x < left + COLUMN && LOADERS.has(type));
  if (column.length > 0) return { x: left, y: Math.max(...column.map(({ position }) => position.y)) + ROW };
  return { x: left - COLUMN, y: Math.min(...nodes.map(({ position }) => position.y)) };
}
