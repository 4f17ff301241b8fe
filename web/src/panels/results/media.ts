/** The pictures and videos among the outputs of runs. */
import type { ArtifactRef, Run, ValueSummary } from "@/api/types";
import type { LightboxImage } from "@/store/ui";

type Medium = "image" | "video";

/** One picture or video that a run made. */
export interface Media {
  readonly artifact: ArtifactRef;
  readonly medium: Medium;
  readonly summary: ValueSummary;
  readonly run: string;
  readonly node: string;
  /** The name of the graph it came from. */
  readonly name: string;
  /** Seconds since the epoch. */
  readonly time: number;
}

function mediumOf(mime: string): Medium | null {
  if (mime.startsWith("image/")) return "image";
  return mime.startsWith("video/") ? "video" : null;
}

/** All pictures and videos of a run's outputs, in the order of its nodes. */
export function mediaOf(run: Run): Media[] {
  return Object.entries(run.outputs).flatMap(([node, ports]) =>
    Object.values(ports).flatMap((value) => leaves(value).flatMap((leaf) => asMedia(run, node, leaf))),
  );
}

/** The media of many runs, newest first; what several runs made alike is shown once, with the newest run. */
export function galleryOf(runs: readonly Run[]): Media[] {
  const seen = new Set<string>();
  return runs.flatMap(mediaOf).filter(({ artifact }) => !seen.has(artifact.id) && seen.add(artifact.id));
}

export function asLightboxImage({ artifact, name, run, node, summary }: Media): LightboxImage {
  return { artifact: artifact.id, title: name, mime: artifact.mime, run, node, summary };
}

/** The name under which a picture is saved: the graph's name, the beginning of its run's id, and its ending. */
export function fileName(artifact: string, title: string, run = ""): string {
  const ending = artifact.includes(".") ? artifact.slice(artifact.lastIndexOf(".")) : "";
  const stem = title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "") || "blockloom";
  return [stem, run.slice(0, 8)].filter(Boolean).join("-") + ending;
}

function leaves(value: ValueSummary): readonly ValueSummary[] {
  return value.artifact ? [value] : (value.items ?? []).flatMap(leaves);
}

function asMedia(run: Run, node: string, summary: ValueSummary): Media[] {
  const artifact = summary.artifact;
  const medium = artifact && mediumOf(artifact.mime);
  if (!artifact || !medium) return [];
  const time = run.finished ?? run.started ?? run.created;
  return [{ artifact, medium, summary, run: run.id, node, name: run.name ?? "", time }];
}
