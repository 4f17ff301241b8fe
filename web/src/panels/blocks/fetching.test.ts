import { expect, test } from "vitest";
import type { GraphNode } from "@/graph/types";
import { remotePictures } from "./fetching";

const node = (id: string, type: string, image: string | null, source: string | null): GraphNode => ({
  id,
  type,
  params: image === null ? {} : { image },
  position: { x: 0, y: 0 },
  ...(source !== null && { extra: { source_url: source } }),
});

test("pictures of the web are those that no one has chosen a file for", () => {
  const nodes = [
    node("waits", "image.load", "turtle.png", "https://host/turtle.png"),
    node("done", "image.load", `${"a".repeat(64)}.png`, "https://host/a.png"),
    node("own", "image.load", "mine.png", null),
    node("other", "value.text", null, "https://host/b.png"),
  ];
  expect(remotePictures({ nodes })).toEqual([{ node: "waits", url: "https://host/turtle.png" }]);
});
