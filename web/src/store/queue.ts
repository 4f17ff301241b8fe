/** The runs that run and wait, in their order, and what can be done to them. */
import { create } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { api, unwrap, ApiError, isRecord } from "@/api/client";
import { FINAL, type RunView } from "@/store/fold";
import { adopt, fetchSnapshot, knownRuns, watchRuns } from "@/store/records";
import { toast } from "@/store/toasts";

interface Queue {
  readonly running: readonly RunView[];
  readonly queued: readonly RunView[];
}

const useStore = create<Queue>(() => ({ running: [], queued: [] }));
/** Ids as the server orders them; runs that it did not name yet come last. */
let order: readonly string[] = [];

export function useQueue(): Queue {
  return useStore(useShallow(({ running, queued }) => ({ running, queued })));
}

export function queue(): Queue {
  return useStore.getState();
}

export function setOrder(ids: readonly string[]): void {
  order = ids;
  arrange();
}

/** Keeps the queue up with the runs. Returns the way to stop. */
export function startQueue(): () => void {
  arrange();
  return watchRuns((run, before) => {
    if (FINAL.has(run.state) && FINAL.has(before.state)) return;
    arrange();
  });
}

/** Cancels a run. One that has ended, be it in this moment, stays in the history. */
export async function cancelRun(id: string): Promise<void> {
  const params = { path: { run_id: id }, query: { keep: true } };
  try {
    const run = await unwrap(api.DELETE("/api/runs/{run_id}", { params }));
    if (isRecord(run)) adopt(run);
    arrange();
  } catch (error) {
    report(error);
  }
}

/** Moves a waiting run to a place among those that wait; shown at once, then as the server says. */
export async function moveInQueue(id: string, index: number): Promise<void> {
  const ids = queue().queued.map((run) => run.id);
  const runs = ids.filter((other) => other !== id).toSpliced(index, 0, id);
  setOrder(runs);
  try {
    setOrder((await unwrap(api.PUT("/api/queue", { body: { runs } }))).queued);
  } catch (error) {
    setOrder(ids);
    report(error);
  }
}

/** Learns what runs and waits, and how known runs ended meanwhile: after each connection. */
export async function resync(): Promise<void> {
  try {
    const [running, queued, now] = await Promise.all([
      listed("running"),
      listed("queued"),
      unwrap(api.GET("/api/queue")),
    ]);
    order = now.queued;
    for (const run of queued) adopt(run);
    const open = knownRuns()
      .filter((run) => !FINAL.has(run.state))
      .map((run) => run.id);
    const waiting = new Set(queued.map((run) => run.id));
    const doubtful = new Set([...running.map((run) => run.id), ...open.filter((id) => !waiting.has(id))]);
    await Promise.all([...doubtful].map(fetchSnapshot));
    arrange();
  } catch (error) {
    // The next connection tries again.
    if (!(error instanceof ApiError)) throw error;
  }
}

async function listed(state: "running" | "queued") {
  return (await unwrap(api.GET("/api/runs", { params: { query: { state, limit: 200 } } }))).runs;
}

function arrange(): void {
  const runs = knownRuns();
  const place = new Map(order.map((id, index) => [id, index]));
  const rank = (run: RunView) => place.get(run.id) ?? order.length;
  useStore.setState({
    running: runs.filter((run) => run.state === "running"),
    queued: runs.filter((run) => run.state === "queued").sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1)),
  });
}

function report(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
  toast({
    kind: "error",
    title: error.problem.message,
    text: error.problem.remedy ?? "",
    details: error.problem.details ?? "",
  });
}
