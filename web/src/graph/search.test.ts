/** Fuzzy search and the palette. */
import { describe, expect, test } from "vitest";
import type { NodeType, Port } from "@/api/types";
import { entryTexts, fitting, fittingPort, fuzzy, paletteEntries } from "./search";

const TITLES = [
  "Blend images",
  "Blur",
  "Load image",
  "Load pipeline",
  "Preview images",
  "Resize image",
  "Solid colour",
];

describe("fuzzy", () => {
  test.each([
    ["", TITLES],
    ["load", ["Load image", "Load pipeline"]],
    ["lp", ["Load pipeline"]],
    ["image", ["Load image", "Blend images", "Resize image", "Preview images"]],
    ["images pre", ["Preview images"]],
    ["prvw", ["Preview images"]],
    ["blr", ["Blur"]],
    ["xyz", []],
    ["imgae", ["Load image", "Blend images", "Resize image", "Preview images"]],
    ["pipline", ["Load pipeline"]],
    ["resiize", ["Resize image"]],
    ["sokid", ["Solid colour"]],
    ["sokix", []],
  ])("%j", (query, found) => {
    expect(fuzzy(query, TITLES, (title) => title).toSorted()).toEqual(found.toSorted());
  });

  test("puts beginnings and short titles first", () => {
    expect(fuzzy("bl", TITLES, (title) => title)).toEqual(["Blur", "Blend images"]);
    expect(fuzzy("im", TITLES, (title) => title)[0]).toBe("Load image");
    expect(fuzzy("li", TITLES, (title) => title)[0]).toBe("Load image");
  });

  test("earlier texts weigh more", () => {
    const items = [["Save", "store blur"], ["Blur", ""]]; // prettier-ignore
    expect(fuzzy("blur", items, (item) => item).map(([title]) => title)).toEqual(["Blur", "Save"]);
  });
});

const port = (name: string, type: string, more: Partial<Port> = {}): Port => ({ name, type, ...more });
const blur: NodeType = {
  type: "image.blur", title: "Blur", category: "Image", keywords: ["soften"],
  interface: { inputs: [port("image", "image"), port("radius", "float")], outputs: [port("image", "image")] },
}; // prettier-ignore
const block: NodeType = {
  type: "diffusion.block", title: "Block", category: "Diffusion", dynamic: true, description: "A stage.",
  interface: { inputs: [port("pipeline", "pipeline")], outputs: [] },
  presets: [{ title: "Denoise", params: { block: "denoise" } }, { title: "Decode", category: "Latents", description: "D." }],
}; // prettier-ignore
const entries = paletteEntries([blur, block]);

describe("the palette", () => {
  test("lists types and their presets, what people reach for most first", () => {
    expect(
      entries.map(({ id, title, category, description, params }) => [id, title, category, description, params]),
    ).toEqual([
      ["diffusion.block", "Block", "Diffusion", "A stage.", {}],
      ["diffusion.block/Denoise", "Denoise", "Diffusion", "A stage.", { block: "denoise" }],
      ["image.blur", "Blur", "Image", "", {}],
      ["diffusion.block/Decode", "Decode", "Latents", "D.", {}],
    ]);
  });

  test.each([
    ["soften", ["Blur"]],
    ["float", ["Blur"]],
    ["diffusion", ["Block", "Denoise", "Decode"]],
  ])("is searched by keyword, port type and category: %s", (query, titles) => {
    expect(fuzzy(query, entries, entryTexts).map(({ title }) => title).toSorted()).toEqual(titles.toSorted());
  }); // prettier-ignore

  test.each([
    [{ side: "source", type: "image" }, ["Blur", "Block", "Denoise", "Decode"]],
    [{ side: "source", type: "pipeline" }, ["Block", "Denoise", "Decode"]],
    [{ side: "target", type: "image" }, ["Blur", "Block", "Denoise", "Decode"]],
    [{ side: "target", type: "pipeline" }, ["Block", "Denoise", "Decode"]],
  ] as const)("offers what may take %j", (end, titles) => {
    expect(fitting(entries, end).map(({ title }) => title)).toEqual(titles);
  });

  test.each([
    ["its very type before a list of it", [port("a", "list[image]"), port("b", "image")], "b"],
    ["what fits before what takes anything", [port("a", "any"), port("b", "image")], "b"],
    ["a list of one before mapping", [port("a", "list[image]"), port("b", "latents")], "a"],
    ["what is shown before what is folded", [port("a", "image", { advanced: true }), port("b", "image")], "b"],
    ["nothing, if nothing fits", [port("a", "latents")], undefined],
  ])("connects %s", (_, ports, name) => {
    expect(fittingPort(ports, { side: "source", type: "image" })?.name).toBe(name);
  });
});
