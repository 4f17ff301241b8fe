/** The queue and the history as the rows of one list. */
import type { Run } from "@/api/types";
import type { RunView } from "@/store/runs";
import { text } from "@/strings";

export type QueueRow =
  | { readonly kind: "heading"; readonly id: string; readonly title: string }
  | { readonly kind: "running"; readonly id: string; readonly run: RunView }
  | {
      readonly kind: "waiting";
      readonly id: string;
      readonly run: RunView;
      readonly place: number;
      readonly count: number;
    }
  | { readonly kind: "ended"; readonly id: string; readonly run: Run };

interface Lists {
  readonly running: readonly RunView[];
  readonly queued: readonly RunView[];
  readonly ended: readonly Run[];
}

/** Headings only over lists that hold something. */
export function queueRows({ running, queued, ended }: Lists): QueueRow[] {
  const words = text.results.queue;
  const live = new Set([...running, ...queued].map((run) => run.id));
  const past = ended.filter((run) => !live.has(run.id));
  return [
    ...under(
      words.running,
      running.map((run) => ({ kind: "running", id: run.id, run })),
    ),
    ...under(
      words.waiting(queued.length),
      queued.map((run, place) => ({ kind: "waiting", id: run.id, run, place, count: queued.length })),
    ),
    ...under(
      words.history,
      past.map((run) => ({ kind: "ended", id: run.id, run })),
    ),
  ];
}

function under(title: string, rows: QueueRow[]): QueueRow[] {
  return rows.length === 0 ? [] : [{ kind: "heading", id: `heading ${title}`, title }, ...rows];
}
