/** What tells a run from others of its workflow. */
import type { Run } from "@/api/types";
import type { RunView } from "@/store/runs";
import { text } from "@/strings";

export function RunValues({ run: { prompt = "", seed = null } }: { run: Run | RunView }) {
  if (prompt === "" && seed === null) return null;
  return (
    <p className="flex min-w-0 gap-1.5 text-xs text-muted" title={prompt}>
      {prompt !== "" && <span className="truncate">{prompt}</span>}
      {seed !== null && <span className="shrink-0 tabular-nums">{text.results.queue.seed(seed)}</span>}
    </p>
  );
}
