/** Commands on the whole graph. */
import { patched } from "./edit";
import { jsonEqual } from "./json";
import type { Command, Doc } from "./types";

const LONGEST_NAME = 200;

/** An empty name becomes `Untitled`. */
export function renameDoc(name: string): Command {
  const wanted = name.trim().slice(0, LONGEST_NAME) || "Untitled";
  return {
    name: `rename the graph to “${wanted}”`,
    merge: "name",
    apply: (doc) => patched(doc, { name: wanted }),
  };
}

/** Pins repos to commits: the document's `lock`, as a whole. */
export function setLock(lock: Doc["lock"]): Command {
  return {
    name: "update repos",
    lock: true,
    apply: (doc) => (jsonEqual(doc.lock, lock) ? doc : { ...doc, lock }),
  };
}

/** Puts another graph, with its view, in place of this one. */
export function replaceDoc(replacement: Doc, name: string): Command {
  return { name, viewport: true, lock: true, apply: () => replacement };
}
