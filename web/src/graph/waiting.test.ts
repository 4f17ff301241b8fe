/** Who waits for a download. */
import { expect, test } from "vitest";
import { loadDoc } from "./document";
import { waits } from "./waiting";

const edge = (source: string, target: string) => ({ source, sourceHandle: "a", target, targetHandle: "b" });
// load ─ encode ─ show      other ─ far        block
const doc = loadDoc({
  format: "blockloom/1",
  nodes: [
    { id: "load", type: "diffusion.pipeline", params: { repo: "org/model" } },
    { id: "encode", type: "diffusion.block", params: { block: "text_encoder" } },
    { id: "show", type: "image.preview" },
    { id: "other", type: "diffusion.pipeline", params: { repo: "org/other" } },
    { id: "far", type: "diffusion.block", params: {} },
    { id: "block", type: "diffusion.custom", params: { repo: "org/block@v1" } },
  ],
  edges: [edge("load", "encode"), edge("encode", "show"), edge("other", "far")],
  lock: { repos: { "org/model": { commit: "1" }, "org/other": { commit: "2" }, "org/vae": { commit: "3" } } },
});
const none = () => false;
const all = () => true;

test("ports wait for the repo that their node names", () => {
  const repos = new Set(["org/block", "org/model", "org/vae"]);
  const found = waits(doc, { repos, isPending: all, isRunning: none });
  expect([...found]).toEqual([
    ["load", "org/model"],
    ["block", "org/block"],
  ]);
});

test("a block that runs waits for the weights of its pipeline, and for those in repos that this refers to", () => {
  const whoWaits = (repo: string) => [
    ...waits(doc, { repos: new Set([repo]), isPending: none, isRunning: (id) => id !== "block" }).keys(),
  ];
  expect(whoWaits("org/model")).toEqual(["encode"]);
  expect(whoWaits("org/other")).toEqual(["far"]);
  expect(whoWaits("org/vae")).toEqual(["encode", "far"]);
  expect(whoWaits("org/none")).toEqual([]);
});
