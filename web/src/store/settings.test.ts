/** Preferences: kept over a reload, and read with care. */
import { beforeEach, expect, test, vi } from "vitest";
import { readSettings } from "@/store/settings";

beforeEach(() => {
  localStorage.clear();
  vi.resetModules();
});

test("what was chosen is there after a reload", async () => {
  const before = await import("@/store/settings");
  before.setSettings({ theme: "dark", leftWidth: 333 });
  vi.resetModules();
  const after = await import("@/store/settings");
  expect(after.useSettings.getState()).toMatchObject({ theme: "dark", leftWidth: 333, edgeStyle: "bezier" });
});

test("of kept settings only sound ones are heeded", () => {
  const kept = {
    theme: "dark",
    grid: "yes",
    leftPanel: null,
    edgeStyle: "wavy",
    leftWidth: 300,
    more: 1,
    previewRate: NaN,
  };
  expect(readSettings(kept)).toEqual({ theme: "dark", leftPanel: null, leftWidth: 300 });
});
