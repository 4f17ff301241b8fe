/** A run under way: name, progress, time, and a way to cancel it. */
import { X } from "lucide-react";
import { cancelRun, useNodeRuns, type RunView } from "@/store/runs";
import { totalProgress } from "@/store/progress";
import { text } from "@/strings";
import { IconButton } from "@/ui/IconButton";
import { duration, percent } from "@/ui/format";
import { ProgressLine } from "./ProgressLine";
import { RunValues } from "./RunValues";
import { StateMark } from "./StateMark";
import { useNow } from "./useNow";

const words = text.results.queue;
const PACE_MS = 500;
/** Below it, a changing number of milliseconds would only flicker. */
const SHORTEST = 0.1;

export function RunningRow({ run }: { run: RunView }) {
  const done = totalProgress(run, useNodeRuns(run.id).values()) ?? 1;
  const now = useNow(PACE_MS);
  const name = run.name || words.untitled;
  const taken = run.startedAt === null ? "" : duration(Math.max(SHORTEST, (now - run.startedAt) / 1000));
  return (
    <div className="flex min-h-[60px] items-center gap-2 px-3 py-2">
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <div className="flex items-center justify-between gap-2 text-sm">
          <span className="min-w-0 truncate font-medium text-strong">{name}</span>
          <span className="text-xs text-muted tabular-nums">{[percent(done), taken].filter(Boolean).join(" · ")}</span>
        </div>
        <RunValues run={run} />
        <ProgressLine label={name} part={done} />
      </div>
      <span className="sr-only">
        <StateMark state="running" />
      </span>
      <IconButton size="sm" icon={X} label={words.cancel} onClick={() => void cancelRun(run.id)} />
    </div>
  );
}
