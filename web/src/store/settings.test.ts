import { expect, test } from "vitest";
import { readSettings } from "@/store/settings";

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
