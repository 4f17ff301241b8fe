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

test("values of another kind are left out", () => {
  expect(readSettings({ theme: "pink", grid: 1, leftPanel: null, previewRate: 4 })).toEqual({
    leftPanel: null,
    previewRate: 4,
  });
});
