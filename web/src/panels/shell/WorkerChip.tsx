/** What the worker is doing, on which device, and how full its memory is. */
import type { WorkerChanged } from "@/api/types";
import { text } from "@/strings";
import { useWorker } from "@/store/connection";
import { openDialog } from "@/store/ui";
import { cx } from "@/ui/cx";
import { Tooltip } from "@/ui/Tooltip";
import { memory as inUse } from "@/ui/format";

type State = WorkerChanged["state"] | "unknown";

const DOTS: Record<State, string> = {
  unknown: "bg-muted",
  starting: "bg-info",
  ready: "bg-success",
  restarting: "bg-warning",
  stopped: "bg-warning",
  failed: "bg-danger",
};

export function WorkerChip() {
  const worker = useWorker();
  const state: State = worker?.state ?? "unknown";
  const memory = worker ? memoryOf(worker) : "";
  const words = text.shell.worker;
  return (
    <Tooltip content={worker?.reason ? worker.reason : words.chip(words[state], memory)} side="bottom">
      <button
        type="button"
        className="flex h-7 min-w-24 shrink-0 items-center gap-1.5 rounded-control px-2 text-xs whitespace-nowrap text-body transition-colors duration-120 hover:bg-sunken"
        onClick={() => openDialog({ kind: "system" })}
      >
        <span className={cx("size-2 rounded-full", DOTS[state])} aria-hidden />
        <span className="sr-only">{words.lead}</span>
        {state === "ready" ? (
          <>
            <span>{worker?.device || words.noDevice}</span>
            <span className="hidden text-muted tabular-nums min-[900px]:inline">{memory}</span>
          </>
        ) : (
          <span className={cx(state === "failed" && "text-danger")}>{words[state]}</span>
        )}
      </button>
    </Tooltip>
  );
}

/** The device's memory; for a worker without one, what its process takes. */
function memoryOf({ memory }: WorkerChanged): string {
  if (memory === undefined) return "";
  const { device_total: total = 0, device_used: used = 0, rss = 0 } = memory;
  if (total > 0) return inUse(used, total);
  return rss > 0 ? inUse(rss, 0) : "";
}
