/** Opens files as workflows: graph JSON, and the pictures that carry a graph. */
import { parseDoc } from "@/graph/document";
import { DocumentError } from "@/graph/errors";
import { readGraph } from "@/graph/metadata";
import { text } from "@/strings";
import { openTab } from "@/store/editor";
import { toast } from "@/store/toasts";
import { reportError } from "./reportError";

const words = text.shell.importing;

export const OPENABLE = ".json,.png,.webp,application/json,image/png,image/webp";

/** Each file in a tab of its own; what cannot be opened is told, and the others open all the same. */
export async function openFiles(files: Iterable<File>): Promise<void> {
  for (const file of files) await openFile(file);
}

async function openFile(file: File): Promise<void> {
  try {
    const graph = file.type.startsWith("image/")
      ? readGraph(new Uint8Array(await file.arrayBuffer()))
      : await file.text();
    if (graph === null) toast({ kind: "warning", title: words.noGraph(file.name), text: words.noGraphRemedy });
    else openTab(parseDoc(graph));
  } catch (error) {
    reportError(error instanceof DocumentError ? words.unknown(file.name) : words.broken(file.name), error);
  }
}

/** Lets a person choose files from the disk and opens them. */
export function chooseFiles(): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = OPENABLE;
  input.multiple = true;
  input.addEventListener("change", () => void openFiles(input.files ?? []));
  input.click();
}
