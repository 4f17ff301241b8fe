import { describe, expect, it } from "vitest";
import { ago, bytes, duration, memory, percent, when } from "./format";

const GB = 1024 ** 3;

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

it("writes shares in percent", () => expect([0, 0.424, 3].map(percent)).toEqual(["0 %", "42 %", "300 %"]));

it("tells memory in GB, with a decimal where it matters", () => {
  expect(memory(11.2 * GB, 24 * GB)).toBe("11/24 GB");
  expect(memory(0.5 * GB, 0)).toBe("0.5 GB");
  expect(memory(9.96 * GB, 80 * GB)).toBe("10/80 GB");
});

it("gives times of today no date, and those of other years their year", () => {
  const now = new Date(2026, 10, 21, 15, 0);
  const at = (...parts: [number, number, number, number, number]) => when(new Date(...parts).getTime() / 1000, now);
  expect(at(2026, 10, 21, 9, 5)).toBe("09:05");
  expect(at(2026, 2, 3, 23, 59)).toBe("3 Mar 23:59");
  expect(at(2025, 2, 3, 0, 0)).toBe("3 Mar 2025 00:00");
});
