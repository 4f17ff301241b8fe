/** What the worker does, on which device, and why it is not ready if it is not. */
import type { WorkerChanged } from "@/api/types";
import { text } from "@/strings";
import { Badge, type BadgeTone } from "@/ui/Badge";
import { Facts } from "./Facts";

const words = text.panels.system;

const TONES: Record<WorkerChanged["state"], BadgeTone> = {
  starting: "info",
  ready: "success",
  restarting: "warning",
  stopped: "warning",
  failed: "danger",
};

export function WorkerState({ worker }: { worker: WorkerChanged }) {
  return (
    <>
      <Facts
        facts={[
          [
            words.state,
            <Badge key="state" tone={TONES[worker.state]}>
              {words.states[worker.state]}
            </Badge>,
          ],
          [words.device, worker.device],
        ]}
      />
      {worker.reason && <p className="mt-2 text-xs text-body [overflow-wrap:anywhere]">{worker.reason}</p>}
    </>
  );
}
