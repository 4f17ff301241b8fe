import { describe, expect, it } from "vitest";
import type { Run, RunPage } from "@/api/types";
import { flatten, secondsOf, without, withNews } from "./history";

const run = (id: string, more: Partial<Run> = {}): Run => ({ id, created: 0, outputs: {}, ...more });
const page = (...ids: string[]): RunPage => ({ runs: ids.map((id) => run(id)), total: ids.length });
const ids = (pages: readonly RunPage[]) => pages.map(({ runs }) => runs.map(({ id }) => id).join(""));

describe("withNews", () => {
  it("puts new runs first", () => expect(ids(withNews([page("b", "a")], page("c", "b")))).toEqual(["cba"]));

  it("keeps later pages", () => {
    expect(ids(withNews([page("d", "c"), page("b", "a")], page("e", "d")))).toEqual(["edc", "ba"]);
  });

  it("changes known runs where they are", () => {
    const news = { runs: [run("a", { state: "failed" })], total: 1 };
    expect(withNews([page("b"), page("a")], news)[1]?.runs[0]?.state).toBe("failed");
  });

  it("is the first page where there is none", () => expect(ids(withNews([], page("a")))).toEqual(["a"]));
});

it("tells a run on two pages once", () => {
  expect(flatten([page("c", "b"), page("b", "a")]).map(({ id }) => id)).toEqual(["c", "b", "a"]);
});

it("takes a removed run out of every page", () => expect(ids(without([page("b"), page("a")], "a"))).toEqual(["b", ""]));

it("has no time before the start", () => {
  expect([
    secondsOf(run("a"), 9),
    secondsOf(run("a", { started: 4 }), 9),
    secondsOf(run("a", { started: 4, finished: 6 }), 9),
  ]).toEqual([null, 5, 2]);
});
