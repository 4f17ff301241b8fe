import { afterEach, expect, test, vi } from "vitest";
import { newRecord } from "@/store/fold";
import { installTitle, totalProgress } from "@/store/progress";
import { receive } from "@/store/records";
import { chain, onlyTab } from "@/store/testing";

afterEach(() => vi.useRealTimers());

const at = (seq: number) => ({ run: "r", seq, time: 0 });

test("the title tells how far the shown run is, and then the name again", () => {
  vi.useFakeTimers();
  onlyTab(chain("a", "b"), { runs: "r" });
  const stop = installTitle();
  receive({ kind: "run_started", ...at(1), nodes: 2 });
  receive({ kind: "node_finished", ...at(2), node: "a", cached: false, seconds: 1, key: "", outputs: {} });
  receive({ kind: "node_progress", ...at(3), node: "b", step: 5, total: 20 });
  vi.advanceTimersByTime(300);
  expect(document.title).toBe("62 % · Chain");
  receive({ kind: "run_finished", ...at(4), state: "succeeded", seconds: 1 });
  vi.advanceTimersByTime(300);
  expect(document.title).toBe("Chain · Blockloom");
  stop();
});

test("a run that waits is at 0, one that has ended at none", () => {
  const { view } = newRecord("x");
  expect(totalProgress(view)).toBe(0);
  expect(totalProgress({ ...view, state: "failed" })).toBeNull();
});
