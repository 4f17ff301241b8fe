import { expect, test } from "vitest";
import type { NodeRunView } from "@/store/runs";
import { runFacts } from "./facts";

const view = (state: NodeRunView["state"]): NodeRunView => ({ state, outputs: {} }) as NodeRunView;

function facts(node: string, run: NodeRunView | undefined, preview: boolean) {
  return runFacts({
    tab: "tab",
    node: { id: node, type: "diffusion.block", params: { width: 200, height: 100 }, position: { x: 0, y: 0 } },
    type: undefined,
    run,
    preview,
  });
}

test("a preview keeps its place while the node runs again", () => {
  expect(facts("a", view("running"), true).media).toEqual({ count: 1, aspect: 0.5 });
  expect(facts("a", view("succeeded"), true).media).not.toBeNull();
  expect(facts("a", view("queued"), false).media).not.toBeNull();
});

test.each(["succeeded", "unneeded"] as const)("a node that %s without a preview has no empty place", (state) => {
  facts(state, view("running"), true);
  expect(facts(state, view(state), false).media).toBeNull();
});
