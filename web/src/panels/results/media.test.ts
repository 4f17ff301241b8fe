import { describe, expect, it } from "vitest";
import type { Run, ValueSummary } from "@/api/types";
import { fileName, galleryOf, mediaOf } from "./media";

const picture = (id: string, mime = "image/png"): ValueSummary => ({ type: "image", artifact: { id, mime, size: 3 } });
const run = (id: string, outputs: Run["outputs"]): Run => ({ id, name: "Fox", created: 1, finished: 5, outputs });

describe("mediaOf", () => {
  it("finds pictures in lists and leaves other values out", () => {
    const outputs = {
      show: { images: { type: "list[image]", items: [picture("a.png"), picture("b.png")] } },
      say: { text: { type: "string", value: "hello" } },
      sound: { audio: { type: "audio", artifact: { id: "c.wav", mime: "audio/wav", size: 3 } } },
    };
    expect(mediaOf(run("r", outputs)).map(({ artifact, node, time }) => [artifact.id, node, time])).toEqual([
      ["a.png", "show", 5],
      ["b.png", "show", 5],
    ]);
  });

  it("tells videos from pictures", () => {
    expect(mediaOf(run("r", { show: { video: picture("a.mp4", "video/mp4") } }))[0]?.medium).toBe("video");
  });
});

it("shows what two runs made alike once, with the newer run", () => {
  const runs = [run("new", { a: { image: picture("x.png") } }), run("old", { a: { image: picture("x.png") } })];
  expect(galleryOf(runs).map((media) => media.run)).toEqual(["new"]);
});

describe("fileName", () => {
  it.each([
    ["abc.png", "Text to image", "0123456789", "Text-to-image-01234567.png"],
    ["abc.webp", "  Füchse / 2 ", "", "Füchse-2.webp"],
    ["abc", "", "", "blockloom"],
  ])("names %s of %s", (artifact, title, id, name) => expect(fileName(artifact, title, id)).toBe(name));
});
