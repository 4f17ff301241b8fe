/** Short, readable ids, since people write them in overrides: `denoise`, `denoise_2`. */
import type { Doc } from "./types";

const LONGEST = 64;

/** An id for `base` (a title, a type, another id) that nothing in `doc` has. */
export function freshId(doc: Doc, base: string): string {
  return idMaker(doc)(slug(base));
}

/** Hands out ids that neither `doc` nor an earlier call has; a wanted id that is free stays as it is. */
export function idMaker(doc: Pick<Doc, "nodes" | "groups" | "notes">): (wanted: string) => string {
  const taken = new Set<string>();
  for (const items of [doc.nodes, doc.groups, doc.notes]) for (const { id } of items) taken.add(id);
  const last = new Map<string, number>();
  return (wanted) => {
    let id = wanted;
    const stem = wanted.replace(/_\d+$/, "") || wanted;
    for (let count = last.get(stem) ?? 2; taken.has(id); count += 1) {
      id = numbered(stem, count);
      last.set(stem, count + 1);
    }
    taken.add(id);
    return id;
  };
}

function numbered(stem: string, count: number): string {
  const suffix = `_${count}`;
  return stem.slice(0, LONGEST - suffix.length) + suffix;
}

/** `Encode prompt` → `encode_prompt`. */
function slug(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase();
  const words = plain.replace(/[^a-z0-9_-]+/g, "_").replace(/^[_-]+|[_-]+$/g, "");
  return words.slice(0, LONGEST) || "node";
}
