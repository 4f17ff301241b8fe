import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { receivePreview, startPreviews, usePreview } from "@/store/previews";
import { receive } from "@/store/records";
import { setSettings } from "@/store/settings";
import { updateTab } from "@/store/tabs";
import { chain, onlyTab } from "@/store/testing";

let made: string[] = [];
let gone: string[] = [];
let stop = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  [made, gone] = [[], []];
  vi.spyOn(URL, "createObjectURL").mockImplementation(() => `blob:${made.push("")}`);
  vi.spyOn(URL, "revokeObjectURL").mockImplementation((url) => void gone.push(url));
  setSettings({ previews: true, previewRate: 1000 });
  stop = startPreviews();
});
afterEach(() => {
  act(stop);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function preview(run: string, step: number) {
  receivePreview({ header: { run, node: "a", step, mime: "image/jpeg" }, picture: new Blob() });
}
const frame = () => act(() => vi.advanceTimersByTime(40));
const finished = (run: string, seq: number, key: string) =>
  act(() =>
    receive({ kind: "node_finished", run, seq, time: 0, node: "a", cached: true, seconds: 0, key, outputs: {} }),
  );

test("of many previews in a frame only the newest is drawn, and the one before is let go", () => {
  onlyTab(chain("a"), { runs: "p1" });
  const { result } = renderHook(() => usePreview("a"));
  preview("p1", 1);
  preview("p1", 2);
  frame();
  expect([result.current, made.length]).toEqual(["blob:1", 1]);
  for (const step of [3, 4]) {
    preview("p1", step);
    frame();
  }
  expect([result.current, gone]).toEqual(["blob:3", ["blob:1"]]);
});

test("no more are drawn than the settings say", () => {
  setSettings({ previewRate: 2 });
  onlyTab(chain("a"), { runs: "p2" });
  for (let step = 0; step < 30; step++) {
    preview("p2", step);
    frame();
  }
  expect(made.length).toBeLessThanOrEqual(3);
});

test("a picture stays through the next run if the result is the same, else it goes", () => {
  const { id } = onlyTab(chain("a"), { runs: "p3" });
  const { result } = renderHook(() => usePreview("a"));
  preview("p3", 1);
  frame();
  finished("p3", 1, "key");
  act(() => updateTab(id, { runs: "p4" }));
  finished("p4", 1, "key");
  expect(result.current).toBe("blob:1");
  act(() => updateTab(id, { runs: "p5" }));
  finished("p5", 1, "other");
  expect(result.current).toBeUndefined();
});

test("a result that is at hand again gets the picture that it had", () => {
  const { id } = onlyTab(chain("a"), { runs: "q1" });
  const { result } = renderHook(() => usePreview("a"));
  for (const [run, key] of [
    ["q1", "seven"],
    ["q2", "eight"],
  ] as const) {
    act(() => updateTab(id, { runs: run }));
    preview(run, 1);
    frame();
    finished(run, 1, key);
  }
  expect(result.current).toBe("blob:2");
  act(() => updateTab(id, { runs: "q3" }));
  act(() => receive({ kind: "run_started", run: "q3", seq: 1, time: 0, nodes: 1, unneeded: { a: "seven" } }));
  expect(result.current).toBe("blob:3");
  act(() => updateTab(id, { runs: "q4" }));
  act(() => receive({ kind: "run_started", run: "q4", seq: 1, time: 0, nodes: 1, unneeded: { a: "nine" } }));
  expect(result.current).toBeUndefined();
});

test("previews of runs that no tab shows, or that are not wanted, are not drawn", () => {
  onlyTab(chain("a"), { runs: "p6" });
  preview("elsewhere", 1);
  setSettings({ previews: false });
  preview("p6", 1);
  frame();
  expect(made).toEqual([]);
});
