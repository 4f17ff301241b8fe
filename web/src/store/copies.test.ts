import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setParam } from "@/graph/commands";
import { keepCopies, readCopies } from "@/store/copies";
import { activeTab, closeTab, dispatch, openTab, useEditor } from "@/store/editor";
import { shared } from "@/store/storage";
import { chain, onlyTab } from "@/store/testing";
import { toasts } from "@/store/toasts";

let stop = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  onlyTab(chain("a"), { saved: { id: "g", revision: 3 }, runs: "r1" });
  stop = keepCopies(() => "s");
});
afterEach(() => {
  stop();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("a tab comes back as it was", () => {
  dispatch(setParam("a", "n", 2));
  const { id, doc, saved } = activeTab();
  vi.advanceTimersByTime(300);
  expect(readCopies("s")).toMatchObject({ active: id, tabs: [{ id, doc, saved, dirty: true, runs: "r1" }] });
  expect(readCopies("another")).toBeNull();
});

test("leaving the page keeps what is on its way", () => {
  dispatch(setParam("a", "n", 7));
  window.dispatchEvent(new Event("pagehide"));
  expect(readCopies("s")?.tabs[0]?.doc.nodes[0]?.params).toEqual({ n: 7 });
});

test("a closed tab is not kept", () => {
  const other = openTab(chain("b"));
  vi.advanceTimersByTime(300);
  expect(readCopies("s")?.tabs).toHaveLength(2);
  closeTab(other);
  vi.advanceTimersByTime(300);
  expect(readCopies("s")?.tabs.map((tab) => tab.doc.nodes[0]?.id)).toEqual(["a"]);
  expect(Object.keys(localStorage).filter((key) => key.includes(other))).toEqual([]);
});

test("a damaged copy is left out", () => {
  dispatch(setParam("a", "n", 2));
  vi.advanceTimersByTime(300);
  localStorage.setItem(`blockloom.tab.s.${activeTab().id}`, "{");
  expect(readCopies("s")).toBeNull();
});

test("full storage is told once", () => {
  vi.spyOn(shared, "set").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const before = toasts().length;
  for (const n of [2, 3]) {
    dispatch(setParam("a", "n", n));
    vi.advanceTimersByTime(300);
  }
  expect(toasts()).toHaveLength(before + 1);
  expect(useEditor.getState().tabs).toHaveLength(1);
});
