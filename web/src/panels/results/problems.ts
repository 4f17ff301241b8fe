/** Problems of a graph and of its run, sorted by the node they belong to. */
import type { Problem } from "@/api/types";

export interface ProblemGroup {
  /** The node they belong to; null for the graph as a whole. */
  readonly node: string | null;
  readonly problems: readonly Problem[];
}

/** By node, nodes with errors first, errors before warnings; equal problems are told once. */
export function groupProblems(problems: readonly Problem[]): ProblemGroup[] {
  const groups = new Map<string | null, Map<string, Problem>>();
  for (const problem of problems) {
    const node = problem.node ?? null;
    const group = groups.get(node) ?? new Map<string, Problem>();
    groups.set(node, group.set(identity(problem), problem));
  }
  return [...groups]
    .map(([node, group]) => ({ node, problems: [...group.values()].sort((a, b) => weight(a) - weight(b)) }))
    .sort((a, b) => weight(a.problems[0]) - weight(b.problems[0]));
}

/** A key that tells problems of one node apart. */
export function identity({ code, port, message }: Problem): string {
  return JSON.stringify([code, port ?? null, message]);
}

export function isError(problem: Problem): boolean {
  return problem.severity !== "warning";
}

function weight(problem: Problem | undefined): number {
  return problem && isError(problem) ? 0 : 1;
}
