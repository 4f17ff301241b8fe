import { describe, expect, it } from "vitest";
import { ago, bytes, duration, percent } from "./format";

describe("duration", () => {
  it.each([
    [0, "< 1 ms"],
    [0.004, "4 ms"],
    [0.0994, "99 ms"],
    [0.0996, "0.1 s"],
    [1.84, "1.8 s"],
    [9.96, "10 s"],
    [59.6, "1 min"],
    [200, "3 min 20 s"],
    [7500, "2 h 5 min"],
  ])("writes %d seconds as %s", (seconds, words) => expect(duration(seconds)).toBe(words));
});

describe("bytes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 kB"],
    [12_026_000_000, "11.2 GB"],
    [24 * 1024 ** 3, "24.0 GB"],
    [5000 * 1024 ** 4, "5000 TB"],
  ])("writes %d as %s", (count, words) => expect(bytes(count)).toBe(words));
});

describe("ago", () => {
  it("counts in the largest whole unit", () => {
    expect([10, 60, 7200, 86_400 * 3].map((passed) => ago(1000, 1000 + passed))).toEqual([
      "now",
      "1 min. ago",
      "2 hr. ago",
      "3 days ago",
    ]);
  });

  it("takes a server clock that runs ahead as now", () => expect(ago(2000, 1000)).toBe("now"));
});

it("writes shares in percent", () => expect([0, 0.424, 3].map(percent)).toEqual(["0%", "42%", "300%"]));
