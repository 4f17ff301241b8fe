import { expect, it } from "vitest";
import type { Problem } from "@/api/types";
import { groupProblems } from "./problems";

const problem = (node: string | null, severity: "error" | "warning", message = severity): Problem => ({
  code: "x",
  message,
  node,
  severity,
});

it("groups by node, errors first", () => {
  const groups = groupProblems([
    problem("a", "warning"),
    problem("b", "warning"),
    problem("b", "error"),
    problem(null, "error"),
  ]);
  expect(groups.map(({ node, problems }) => [node, problems.map(({ severity }) => severity)])).toEqual([
    ["b", ["error", "warning"]],
    [null, ["error"]],
    ["a", ["warning"]],
  ]);
});

it("tells equal problems once", () => {
  expect(groupProblems([problem("a", "error"), problem("a", "error")])[0]?.problems).toHaveLength(1);
});
