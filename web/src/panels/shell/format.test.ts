import { expect, test } from "vitest";
import { share, when } from "./format";

const GB = 1024 ** 3;

test("memory is told in GB, with a decimal where it matters", () => {
  expect(share(11.2 * GB, 24 * GB)).toBe("11/24 GB");
  expect(share(0.5 * GB, 0)).toBe("0.5 GB");
  expect(share(9.96 * GB, 80 * GB)).toBe("10/80 GB");
});

test("times of today have no date, those of other years have the year", () => {
  const now = new Date(2026, 10, 21, 15, 0);
  const at = (...parts: [number, number, number, number, number]) => when(new Date(...parts).getTime() / 1000, now);
  expect(at(2026, 10, 21, 9, 5)).toBe("09:05");
  expect(at(2026, 2, 3, 23, 59)).toBe("3 Mar 23:59");
  expect(at(2025, 2, 3, 0, 0)).toBe("3 Mar 2025 00:00");
});
