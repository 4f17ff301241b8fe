/** How many runs wait or run. */
import { useQueue } from "@/store/runs";

export function useWaiting(): number {
  const { running, queued } = useQueue();
  return running.length + queued.length;
}
