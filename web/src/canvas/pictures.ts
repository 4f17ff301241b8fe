/** What a person can look at or listen to in the outputs of a node: pictures, videos, sounds and short values. */
import type { ArtifactRef, ValueSummary } from "@/api/types";

export interface Picture {
  readonly artifact: ArtifactRef;
  readonly summary: ValueSummary;
  /** Height for a width of 1. */
  readonly aspect: number;
}

/** Of a player of sound. */
const FLAT = 0.2;

export function isSound({ mime }: ArtifactRef): boolean {
  return mime.startsWith("audio/");
}

type Outputs = Readonly<Record<string, ValueSummary>>;

const known = new WeakMap<Outputs, readonly Picture[]>();

/** The pictures, videos and sounds in outputs, each once; the same list each time for the same outputs. */
export function picturesIn(outputs: Outputs): readonly Picture[] {
  const found = known.get(outputs);
  if (found) return found;
  const byId = new Map<string, Picture>();
  for (const value of Object.values(outputs)) {
    for (const summary of [value, ...(value.items ?? [])]) {
      const artifact = summary.artifact;
      if (!artifact || !/^(image|video|audio)\//.test(artifact.mime) || byId.has(artifact.id)) continue;
      const other = isSound(artifact) ? FLAT : 1;
      const aspect = summary.width && summary.height ? summary.height / summary.width : other;
      byId.set(artifact.id, { artifact, summary, aspect });
    }
  }
  const pictures = [...byId.values()];
  known.set(outputs, pictures);
  return pictures;
}

/** Words and numbers in outputs, as text. */
export function wordsIn(outputs: Outputs): readonly string[] {
  return Object.values(outputs).flatMap((value) => {
    const found: unknown = value.value;
    if (typeof found === "string") return found === "" ? [] : [found];
    return typeof found === "number" || typeof found === "boolean" ? [String(found)] : [];
  });
}
