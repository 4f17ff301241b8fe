/** Dragging a picture, video or sound out of a panel: onto the canvas, into a folder, or into another program. */
import type { DragEvent } from "react";
import { artifactUrl } from "@/api/client";
import type { ArtifactRef } from "@/api/types";
import { fileName } from "./media";

const IMAGE_TYPE = "application/x-blockloom-image";

/** Fill the drag with the file, as the canvas, the desktop and text fields each understand it. */
export function dragPicture(event: DragEvent, artifact: ArtifactRef, title: string, run?: string): void {
  const name = fileName(artifact.id, title, run);
  const url = new URL(downloadUrl(artifact.id, title, run), window.location.href).href;
  event.dataTransfer.effectAllowed = "copy";
  event.dataTransfer.setData(IMAGE_TYPE, JSON.stringify({ artifact }));
  event.dataTransfer.setData("DownloadURL", `${artifact.mime}:${name}:${url}`);
  event.dataTransfer.setData("text/uri-list", url);
}

/** Where it is fetched as a file, the graph that made it inside if such a file can hold one. */
function downloadUrl(artifact: string, title: string, run?: string): string {
  return artifactUrl(artifact, { download: fileName(artifact, title, run), ...(run !== undefined && { run }) });
}

/** Save it to the person's disk. */
export function download(artifact: string, title: string, run?: string): void {
  const link = document.createElement("a");
  link.href = downloadUrl(artifact, title, run);
  link.download = fileName(artifact, title, run);
  link.click();
}
