/** The thin bar under a tab while its run is under way. */
import { useRun } from "@/store/runs";
import { text } from "@/strings";

export function TabProgress({ runId }: { runId: string | null }) {
  const run = useRun(runId);
  if (run === undefined || (run.state !== "queued" && run.state !== "running")) return null;
  const percent = run.nodes === 0 ? 0 : Math.round((run.ended / run.nodes) * 100);
  return (
    <span
      role="progressbar"
      aria-label={text.shell.tabs.running}
      aria-valuenow={percent}
      className="absolute inset-x-0 bottom-0 h-0.5 bg-line"
    >
      {/* A first piece at once, so that a press of Run shows. */}
      <span
        className="block h-full bg-accent transition-[width] duration-160 ease-out"
        style={{ width: `${Math.max(6, percent)}%` }}
      />
    </span>
  );
}
