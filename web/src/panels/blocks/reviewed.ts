/** Reading a review: which file a person should see first, and what became of each. */
import type { BlockReview, FileChange, Requirement } from "@/api/blocks";

/** All files by name, removed ones included; those that changed first, then code, then the rest. */
export function filesOf({
  files,
  diff,
}: BlockReview): readonly { path: string; change: FileChange["status"] | null }[] {
  const changes = new Map((diff ?? []).map(({ path, status }) => [path, status]));
  const paths = new Set([...files.map(({ path }) => path), ...changes.keys()]);
  return [...paths]
    .map((path) => ({ path, change: changes.get(path) ?? null }))
    .sort((one, other) => rank(one) - rank(other) || one.path.localeCompare(other.path));
}

function rank({ path, change }: { path: string; change: FileChange["status"] | null }): number {
  const kind = path.endsWith(".py") ? 0 : path.endsWith(".json") ? 1 : 2;
  const order = { changed: 0, added: 10, removed: 20, same: 30 }[change ?? "same"];
  return order + kind + (path.includes("/") ? 0.5 : 0);
}

/** What changed, else the block itself; empty if there is no file. */
export function firstFile(review: BlockReview): string {
  const files = filesOf(review);
  const changed = files.find(({ change }) => change !== null);
  const block = files.find(({ path }) => path === "block.py");
  return (changed ?? block ?? files[0])?.path ?? "";
}

export type ReviewState = "approved" | "changed" | "new";

/** Whether it may run as it is, was approved at another commit, or never. */
export function stateOf({ approved, approved_commit }: BlockReview): ReviewState {
  if (approved) return "approved";
  return approved_commit === null ? "new" : "changed";
}

/** What is lacking first. */
export function sortedRequirements(requirements: readonly Requirement[]): readonly Requirement[] {
  const order = { missing: 0, conflicting: 1, met: 2 };
  return requirements.toSorted(
    (one, other) => order[one.state] - order[other.state] || one.name.localeCompare(other.name),
  );
}
