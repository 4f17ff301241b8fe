/** Which of several problems is told first, and what can be done about it with one press. */
import type { Problem } from "@/api/types";
import { isMissing } from "@/store/told";

export function worst(problems: readonly Problem[]): Problem | undefined {
  const errors = problems.filter((problem) => problem.severity !== "warning");
  return errors.find((problem) => !isMissing(problem)) ?? errors[0] ?? problems[0];
}

/** What a button beside a problem does about it. */
export type Cure = "review" | "read" | "packages" | "update" | "retry";

const CURES: Readonly<Partial<Record<string, Cure>>> = {
  needs_approval: "review",
  remote_code_off: "read",
  missing_requirements: "packages",
  lock_changed: "update",
  download_stopped: "retry",
  download_failed: "retry",
  // Why a worker could not tell the ports of a node, as far as the reason may pass.
  missing_repo: "retry",
  not_a_pipeline: "retry",
  no_describer: "retry",
  resolver_failed: "retry",
  worker_died: "retry",
  worker_stopped: "retry",
  damaged: "retry",
};

const PASSING: ReadonlySet<string> = new Set(["download_stopped", "download_failed", "missing_repo", "gated"]);

/** Whether a run that failed may succeed as it is: what it lacked was not to be had from the hub. */
export function mayPass({ code }: Problem): boolean {
  return PASSING.has(code);
}

/** Null if only the graph can be mended. A repo that cannot be had may be there later. */
export function cureOf({ code, port, severity }: Problem): Cure | null {
  return CURES[code] ?? (port === "repo" && severity !== "warning" ? "retry" : null);
}
