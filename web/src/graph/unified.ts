/** A unified diff as lines with their numbers in both files, for showing. */

export interface DiffLine {
  readonly kind: "same" | "added" | "removed" | "gap";
  readonly text: string;
  /** Line numbers in the old and the new file. */
  readonly before: number | null;
  readonly after: number | null;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** File headers are left out; a gap stands before each hunk but one that starts at the first line. */
export function readUnified(diff: string): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let before = 0;
  let after = 0;
  for (const line of diff.split("\n")) {
    const hunk = HUNK.exec(line);
    if (hunk) {
      [before, after] = [Number(hunk[1]), Number(hunk[2])];
      if (before > 1 || after > 1) lines.push({ kind: "gap", text: "", before: null, after: null });
    } else if (before === 0 && after === 0) {
      continue; // what stands above the first hunk: names of files
    } else if (line.startsWith("+")) {
      lines.push({ kind: "added", text: line.slice(1), before: null, after: after++ });
    } else if (line.startsWith("-")) {
      lines.push({ kind: "removed", text: line.slice(1), before: before++, after: null });
    } else if (line.startsWith(" ")) {
      lines.push({ kind: "same", text: line.slice(1), before: before++, after: after++ });
    }
  }
  return lines;
}

/** How many lines were added and removed. */
export function diffSize(lines: readonly DiffLine[]): { readonly added: number; readonly removed: number } {
  const count = (kind: DiffLine["kind"]) => lines.filter((line) => line.kind === kind).length;
  return { added: count("added"), removed: count("removed") };
}
