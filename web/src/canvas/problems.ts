/** Which of several problems is told first, and which may go away by asking again. */
import type { Problem } from "@/api/types";

export function worst(problems: readonly Problem[]): Problem | undefined {
  return problems.find((problem) => problem.severity !== "warning") ?? problems[0];
}

/** Why a worker could not tell the ports of a node, as far as the reason may pass. */
const PASSING: ReadonlySet<string> = new Set([
  "missing_repo",
  "not_a_pipeline",
  "no_describer",
  "resolver_failed",
  "worker_died",
  "worker_stopped",
  "damaged",
]);

export function canRetry({ code }: Problem): boolean {
  return PASSING.has(code);
}
