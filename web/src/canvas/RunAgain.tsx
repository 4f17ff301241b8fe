/** The button beside what failed in a run and may be well the next time: the same run once more. */
import { RotateCw } from "lucide-react";
import type { Problem } from "@/api/types";
import { startRun, useActiveRun } from "@/store/runs";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { mayPass } from "./problems";

/** Nothing if running it again would help nobody. `compact`: only an icon. */
export function RunAgain({ problem, compact = false }: { problem: Problem; compact?: boolean }) {
  const targets = useActiveRun()?.targets ?? [];
  if (!mayPass(problem)) return null;
  const label = text.canvas.runAgain;
  const run = () => void startRun(targets.length > 0 ? { targets } : {});
  if (compact) return <IconButton className="nodrag" size="sm" icon={RotateCw} label={label} onClick={run} />;
  return (
    <Button size="sm" icon={RotateCw} onClick={run}>
      {label}
    </Button>
  );
}
