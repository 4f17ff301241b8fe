/** What becomes of files on the canvas: graphs open in a tab, pictures, videos and sounds are uploaded and become nodes. */
import { importMellon, type ImportLine } from "@/api/blocks";
import { ApiError } from "@/api/client";
import type { JsonObject } from "@/graph/json";
import { DocumentError, loadDoc, parseDoc } from "@/graph/document";
import { mellonWorkflow } from "@/graph/foreign";
import { readGraph } from "@/graph/metadata";
import type { Doc, Point } from "@/graph/types";
import { openTab } from "@/store/editor";
import { dismiss, toast } from "@/store/toasts";
import { openDialog } from "@/store/ui";
import { text } from "@/strings";
import { loaderOf } from "@/widgets/artifacts";
import { upload } from "@/widgets/upload";
import { place } from "./placing";

/** New nodes of several files lie beside each other, px. */
const STEP = 360;
/** A larger file is no graph; it is not read to look for one. */
const LARGEST_READ = 256 * 2 ** 20;

/** Takes files that were dropped or pasted at a place of the canvas, one after the other. */
export async function takeFiles(files: readonly File[], at: Point): Promise<void> {
  let next = at;
  for (const file of files) {
    if (await takeFile(file, next)) next = { x: next.x + STEP, y: next.y };
  }
}

/** Whether the file became a node. */
async function takeFile(file: File, at: Point): Promise<boolean> {
  try {
    const found = await graphIn(file);
    if (found !== null) {
      openTab(found.graph);
      if (found.report) openDialog({ kind: "import", name: found.graph.name, report: found.report });
      return false;
    }
  } catch (error) {
    tellUnreadable(file.name, error);
    return false;
  }
  if (!/^(?:image|video|audio)\//.test(file.type)) {
    toast({ kind: "error", title: text.canvas.notReadable(file.name), text: text.canvas.notReadableText });
    return false;
  }
  const id = await uploadWithToast(file);
  if (id !== null) placeMedia(id, at);
  return id !== null;
}

/** A Load image, Load video or Load audio node with an artifact. */
export function placeMedia(artifact: string, at: Point): void {
  place(loaderOf(artifact), at);
}

interface Found {
  readonly graph: Doc;
  /** What became of the nodes of another program's workflow. */
  readonly report?: readonly ImportLine[];
}

/** The graph in a JSON file, a picture or a video; null if it is another file. Raises DocumentError, or ApiError. */
async function graphIn(file: File): Promise<Found | null> {
  if (file.type === "application/json" || /\.json$/i.test(file.name)) {
    const source = await file.text();
    const workflow = mellonWorkflow(source);
    return workflow === null ? { graph: parseDoc(source) } : imported(workflow, file.name);
  }
  if (!/^image\/|^video\/mp4$/.test(file.type) || file.size > LARGEST_READ) return null;
  const found = readGraph(new Uint8Array(await file.arrayBuffer()));
  return found === null ? null : { graph: parseDoc(found) };
}

/** The server reads what Mellon wrote; the workflow is called as its file. */
async function imported(workflow: JsonObject, file: string): Promise<Found> {
  const { graph, report } = await importMellon(workflow);
  return { graph: { ...loadDoc(graph), name: file.replace(/\.json$/i, "") }, report };
}

function tellUnreadable(name: string, error: unknown): void {
  const title = text.canvas.notReadable(name);
  if (error instanceof DocumentError) toast({ kind: "error", title, text: error.message });
  else if (error instanceof ApiError) {
    const { message, remedy, details } = error.problem;
    toast({ kind: "error", title, text: [message, remedy].filter(Boolean).join(" "), ...(details && { details }) });
  } else throw error;
}

/** The id of the artifact that the file became; null if it was refused, which a toast says. */
async function uploadWithToast(file: File): Promise<string | null> {
  const title = text.canvas.uploading(file.name);
  let told = 0;
  let shown = toast({ kind: "info", title });
  const onProgress = (share: number) => {
    const quarter = Math.floor(share * 4);
    if (quarter === told) return;
    told = quarter;
    dismiss(shown);
    shown = toast({ kind: "info", title, text: text.canvas.uploadShare(Math.round(share * 100)) });
  };
  try {
    return (await upload(file, { onProgress })).id;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { message, remedy = "" } = error.problem;
    toast({
      kind: "error",
      title: text.canvas.uploadFailed(file.name),
      text: [message, remedy].filter(Boolean).join(" "),
    });
    return null;
  } finally {
    dismiss(shown);
  }
}
