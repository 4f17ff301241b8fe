/** The pictures, videos and sounds among the outputs of runs. */
import type { ArtifactRef, Run, ValueSummary } from "@/api/types";
import type { LightboxImage } from "@/store/ui";

type Medium = "image" | "video" | "audio";

/** One picture, video or sound that a run made. */
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

const MEDIA: readonly Medium[] = ["image", "video", "audio"];

/** Of what the lightbox shows: a picture if nothing else is said. */
export function mediumOf(image: Pick<LightboxImage, "mime"> | undefined): Medium {
  return mediumIn(image?.mime ?? "") ?? "image";
}

/** What a run made, in the order of its nodes. */
export function mediaOf(run: Run): Media[] {
  return Object.entries(run.outputs).flatMap(([node, ports]) =>
    Object.values(ports).flatMap((value) => leaves(value).flatMap((leaf) => asMedia(run, node, leaf))),
  );
}

/** What many runs made, newest first; what several of them made alike is shown once, with the newest run. */
export function galleryOf(runs: readonly Run[]): Media[] {
  const seen = new Set<string>();
  return runs.flatMap(mediaOf).filter(({ artifact }) => !seen.has(artifact.id) && seen.add(artifact.id));
}

export function asLightboxImage({ artifact, name, run, node, summary }: Media): LightboxImage {
  return { artifact: artifact.id, title: name, mime: artifact.mime, run, node, summary };
}

/** How long a video or sound is, in seconds; null where its summary does not tell. */
export function secondsIn(summary: ValueSummary | undefined): number | null {
  return summary?.stats?.["seconds"] ?? null;
}

/** The name under which a file is saved: the graph's name, the beginning of its run's id, and its ending. */
export function fileName(artifact: string, title: string, run = ""): string {
  const ending = artifact.includes(".") ? artifact.slice(artifact.lastIndexOf(".")) : "";
  const stem = title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "") || "blockloom";
  return [stem, run.slice(0, 8)].filter(Boolean).join("-") + ending;
}

function mediumIn(mime: string): Medium | null {
  return MEDIA.find((medium) => mime.startsWith(`${medium}/`)) ?? null;
}

function leaves(value: ValueSummary): readonly ValueSummary[] {
  return value.artifact ? [value] : (value.items ?? []).flatMap(leaves);
}

function asMedia(run: Run, node: string, summary: ValueSummary): Media[] {
  const artifact = summary.artifact;
  const medium = artifact && mediumIn(artifact.mime);
  if (!artifact || !medium) return [];
  const time = run.finished ?? run.started ?? run.created;
  return [{ artifact, medium, summary, run: run.id, node, name: run.name ?? "", time }];
}
