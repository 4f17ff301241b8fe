import { describe, expect, it } from "vitest";
import type { Run, ValueSummary } from "@/api/types";
import { asLightboxImage, fileName, galleryOf, mediaOf, mediumOf, secondsIn } from "./media";

const picture = (id: string, mime = "image/png"): ValueSummary => ({ type: "image", artifact: { id, mime, size: 3 } });
const sound: ValueSummary = {
  type: "audio",
  artifact: { id: "c.wav", mime: "audio/wav", size: 3 },
  stats: { channels: 2, rate: 44100, seconds: 1.5 },
};
const run = (id: string, outputs: Run["outputs"]): Run => ({ id, name: "Fox", created: 1, finished: 5, outputs });

describe("mediaOf", () => {
  it("finds pictures in lists, and sounds, and leaves out what is neither", () => {
    const outputs = {
      show: { images: { type: "list[image]", items: [picture("a.png"), picture("b.png")] } },
      say: { text: { type: "string", value: "hello" } },
      play: { audio: sound },
    };
    expect(mediaOf(run("r", outputs)).map(({ artifact, node, time }) => [artifact.id, node, time])).toEqual([
      ["a.png", "show", 5],
      ["b.png", "show", 5],
      ["c.wav", "play", 5],
    ]);
  });

  it("tells videos from pictures", () => {
    expect(mediaOf(run("r", { show: { video: picture("a.mp4", "video/mp4") } }))[0]?.medium).toBe("video");
  });
});

describe("galleryOf", () => {
  it("shows what two runs made alike once, with the newer run", () => {
    const runs = [run("new", { a: { image: picture("x.png") } }), run("old", { a: { image: picture("x.png") } })];
    expect(galleryOf(runs).map((media) => media.run)).toEqual(["new"]);
  });

  it("shows sounds among pictures and videos, each once, and no other values", () => {
    const outputs = {
      show: { image: picture("a.png"), video: picture("b.mp4", "video/mp4") },
      play: { audio: { type: "list[audio]", items: [sound, sound] } },
      read: { file: { type: "string", artifact: { id: "d.txt", mime: "text/plain", size: 3 } } },
    };
    expect(galleryOf([run("r", outputs)]).map(({ artifact, medium }) => [artifact.id, medium])).toEqual([
      ["a.png", "image"],
      ["b.mp4", "video"],
      ["c.wav", "audio"],
    ]);
  });

  it("gives the lightbox a sound with its facts and its run", () => {
    expect(galleryOf([run("r", { play: { audio: sound } })]).map(asLightboxImage)).toEqual([
      { artifact: "c.wav", title: "Fox", mime: "audio/wav", run: "r", node: "play", summary: sound },
    ]);
  });
});

it.each([
  [{ mime: "audio/flac" }, "audio"],
  [{ mime: "video/webm" }, "video"],
  [{ mime: "image/webp" }, "image"],
  [{}, "image"],
] as const)("takes %o for a medium: %s", (image, medium) => expect(mediumOf(image)).toBe(medium));

it("knows how long a sound is only if its summary says so", () => {
  expect([secondsIn(sound), secondsIn(picture("a.png")), secondsIn(undefined)]).toEqual([1.5, null, null]);
});

describe("fileName", () => {
  it.each([
    ["abc.png", "Text to image", "0123456789", "Text-to-image-01234567.png"],
    ["abc.webp", "  Füchse / 2 ", "", "Füchse-2.webp"],
    ["abc.wav", "Rain", "0123456789", "Rain-01234567.wav"],
    ["abc", "", "", "blockloom"],
  ])("names %s of %s", (artifact, title, id, name) => expect(fileName(artifact, title, id)).toBe(name));
});
