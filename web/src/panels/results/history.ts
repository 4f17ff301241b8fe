/** The list of runs: how pages and news become one list, what a run says of itself. */
import type { Run, RunPage } from "@/api/types";
import { FINAL } from "@/store/runs";

export function hasEnded(run: Run): boolean {
  return FINAL.has(run.state ?? "queued");
}

/** Seconds a run has taken so far, or took; null before it started. */
export function secondsOf(run: Run, now: number): number | null {
  if (run.started === null || run.started === undefined) return null;
  return Math.max(0, (run.finished ?? now) - run.started);
}

/** Pages as one list, without repeats: while runs are added, pages move and overlap. */
export function flatten(pages: readonly RunPage[]): Run[] {
  const seen = new Set<string>();
  return pages.flatMap((page) => page.runs).filter((run) => !seen.has(run.id) && seen.add(run.id));
}

/** Loaded pages brought up to date by a new first page: changed runs change where they are, new ones come first. */
export function withNews(pages: readonly RunPage[], news: RunPage): RunPage[] {
  const [first, ...rest] = pages;
  if (!first) return [news];
  const fresh = new Map(news.runs.map((run) => [run.id, run]));
  const update = (page: RunPage): RunPage => ({ ...page, runs: page.runs.map((run) => fresh.get(run.id) ?? run) });
  const known = new Set(pages.flatMap((page) => page.runs).map((run) => run.id));
  const added = news.runs.filter((run) => !known.has(run.id));
  const updated = update(first);
  return [{ ...updated, total: news.total, runs: [...added, ...updated.runs] }, ...rest.map(update)];
}

/** Pages without one run. */
export function without(pages: readonly RunPage[], id: string): RunPage[] {
  return pages.map((page) => ({ ...page, runs: page.runs.filter((run) => run.id !== id) }));
}
