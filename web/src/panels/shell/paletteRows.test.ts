import { expect, test } from "vitest";
import { paletteEntries } from "@/graph/search";
import { paletteRows } from "./paletteRows";

const entries = paletteEntries([
  { type: "text.join", title: "Join text", category: "Text" },
  { type: "math.expression", title: "Expression", category: "Math" },
  { type: "diffusion.pipeline", title: "Load pipeline", category: "Diffusion" },
]);
const shown = (query: string, folded: string[] = []) =>
  paletteRows(entries, query, new Set(folded)).map((row) =>
    row.kind === "entry" ? row.entry.title : `# ${row.category}`,
  );

test("without a query all entries stand under their categories, diffusion first", () => {
  expect(shown("")).toEqual(["# Diffusion", "Load pipeline", "# Text", "Join text", "# Math", "Expression"]);
});

test("a folded category keeps its head", () => {
  expect(shown("", ["Text"])).toEqual(["# Diffusion", "Load pipeline", "# Text", "# Math", "Expression"]);
});

test("a query finds entries in folded categories too", () => {
  expect(shown("join", ["Text"])).toEqual(["Join text"]);
});
