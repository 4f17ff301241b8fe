/** What can be dropped on the canvas: nodes from the palette, pictures from the gallery, files from the desktop. */
import { useMemo, type DragEvent } from "react";
import type { JsonValue } from "@/api/types";
import type { Point } from "@/graph/types";
import { edgeUnder } from "./edgeUnder";
import { placeMedia, takeFiles } from "./files";
import type { Flow } from "./layouting";
import { place, placeOnEdge, type Stamp } from "./placing";

const NODE = "application/x-blockloom-node";
const IMAGE = "application/x-blockloom-image";
const TAKEN = [NODE, IMAGE, "Files"];
/** Where the pointer lies in a new node: on its header. */
const GRIP: Point = { x: 32, y: 15 };

export function useDrops(flow: Flow) {
  return useMemo(
    () => ({
      onDragOver: (event: DragEvent) => {
        if (!TAKEN.some((type) => event.dataTransfer.types.includes(type))) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
      },
      onDrop: (event: DragEvent) => {
        if (event.defaultPrevented) return;
        const pointer = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
        const at = { x: pointer.x - GRIP.x, y: pointer.y - GRIP.y };
        const { dataTransfer } = event;
        const stamp = stampOf(dataTransfer.getData(NODE));
        const artifact = artifactOf(dataTransfer.getData(IMAGE));
        if (stamp === null && artifact === null && dataTransfer.files.length === 0) return;
        event.preventDefault();
        if (stamp !== null) dropNode(stamp, at, { x: event.clientX, y: event.clientY });
        else if (artifact !== null) placeMedia(artifact, at);
        else void takeFiles([...dataTransfer.files], at);
      },
    }),
    [flow],
  );
}

function dropNode(stamp: Stamp, at: Point, screen: Point): void {
  const edge = edgeUnder(screen);
  if (edge === null) place(stamp, at);
  else placeOnEdge(stamp, at, edge);
}

function stampOf(json: string): Stamp | null {
  const { type, params, title } = fields(json);
  if (typeof type !== "string") return null;
  return { type, params: isObject(params) ? params : {}, ...(typeof title === "string" && { title }) };
}

/** An artifact is told by its id, or as the server describes it. */
function artifactOf(json: string): string | null {
  const { artifact } = fields(json);
  const id = isObject(artifact) ? artifact["id"] : artifact;
  return typeof id === "string" ? id : null;
}

function fields(json: string): Partial<Record<string, JsonValue>> {
  if (json === "") return {};
  try {
    const found: JsonValue = JSON.parse(json);
    return isObject(found) ? found : {};
  } catch {
    return {};
  }
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
