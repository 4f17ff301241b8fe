/** What is shown of outputs. */
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { ValueSummary } from "@/api/types";
import { ValueView } from "./ValueView";

afterEach(cleanup);

const picture = (letter: string): ValueSummary => ({
  type: "image",
  width: 64,
  height: 32,
  artifact: { id: `${letter.repeat(64)}.png`, mime: "image/png", size: 1 },
});

test("pictures open with their neighbours; those that are not shown are counted", () => {
  const onOpen = vi.fn<(pictures: readonly { id: string }[], index: number) => void>();
  render(<ValueView value={{ type: "list[image]", length: 3, items: [picture("a"), picture("b")] }} onOpen={onOpen} />);
  fireEvent.click(screen.getByRole("button", { name: "Open picture 2" }));
  const [pictures, index] = onOpen.mock.calls[0] ?? [];
  expect(pictures?.map(({ id }) => id[0])).toEqual(["a", "b"]);
  expect(index).toBe(1);
  expect(screen.getByText("1 more is not shown")).toBeDefined();
});

test("a tensor shows shape, type and statistics", () => {
  const stats = { min: -1, max: 2.123456 };
  const { container } = render(
    <ValueView value={{ type: "tensor", shape: [1, 4], dtype: "float16", stats, size: 2048 }} />,
  );
  expect(container.textContent).toBe("Shape1 × 4Typefloat16min-1max2.123Size2.0 kB");
});

test("branches of JSON fold", () => {
  render(<ValueView value={{ type: "json", value: { a: [1, 2] } }} />);
  fireEvent.click(screen.getByRole("button", { name: "a: [" }));
  expect(screen.getByRole("button", { name: "a: [ 2 items ]" })).toBeDefined();
});

test.each<[string, ValueSummary, string]>([
  ["a number", { type: "int", value: 7 }, "7"],
  ["false", { type: "bool", value: false }, "false"],
  ["nothing", { type: "any", value: null }, "No value"],
  ["a text", { type: "string", value: "a cat" }, "a cat"],
])("%s", (_, value, shown) => {
  const { container } = render(<ValueView value={value} />);
  expect(container.textContent).toBe(shown);
});
