import { expect, it } from "vitest";
import type { GraphNode } from "@/graph/types";
import { placeForInput } from "./actions";

const node = (type: string, x: number, y: number): GraphNode => ({
  id: `${x} ${y}`,
  type,
  params: {},
  position: { x, y },
});

it("puts an input left of everything, and the next one below it", () => {
  const nodes = [node("block", 0, 40), node("block", 360, 0)];
  const first = placeForInput({ nodes });
  expect(first).toEqual({ x: -340, y: 0 });
  for (const loader of ["image.load", "video.load", "audio.load"]) {
    expect(placeForInput({ nodes: [...nodes, node(loader, first.x, first.y)] })).toEqual({ x: -340, y: 240 });
  }
});
