/** The keyboard of the select. */
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Select } from "./Select";

afterEach(cleanup);

function shown(count: number) {
  const onChange = vi.fn<(value: string) => void>();
  const options = Array.from({ length: count }, (_, index) => ({
    value: `v${index}`,
    label: `${"abcdefghijkl"[index]} item`,
  }));
  render(<Select label="Kind" value="v1" options={options} onChange={onChange} />);
  const trigger = screen.getByRole("combobox", { name: "Kind" });
  trigger.focus();
  fireEvent.keyDown(trigger, { key: "ArrowDown" });
  return { onChange, trigger };
}

test("a short list is walked with arrows and letters", () => {
  const { onChange } = shown(4);
  const list = screen.getByRole("listbox", { name: "Kind" });
  expect(document.activeElement).toBe(list);
  fireEvent.keyDown(list, { key: "ArrowDown" });
  fireEvent.keyDown(list, { key: "d" });
  fireEvent.keyDown(list, { key: "Enter" });
  expect(onChange.mock.calls).toEqual([["v3"]]);
  expect(screen.queryByRole("listbox")).toBeNull();
});

test("a long list is searched", () => {
  const { onChange } = shown(12);
  const search = screen.getByRole("combobox", { name: "Search" });
  expect(document.activeElement).toBe(search);
  fireEvent.change(search, { target: { value: "k it" } });
  expect(screen.getAllByRole("option").map((option) => option.textContent)).toEqual(["k item"]);
  fireEvent.keyDown(search, { key: "Enter" });
  expect(onChange.mock.calls).toEqual([["v10"]]);
});

test("the chosen option starts the list, and choosing it again changes nothing", () => {
  const { onChange } = shown(4);
  const list = screen.getByRole("listbox", { name: "Kind" });
  const chosen = screen.getByRole("option", { selected: true });
  expect(list.getAttribute("aria-activedescendant")).toBe(chosen.id);
  fireEvent.keyDown(list, { key: "Enter" });
  expect(onChange).not.toHaveBeenCalled();
});

test("Escape closes and gives the focus back", async () => {
  const { trigger } = shown(4);
  fireEvent.keyDown(screen.getByRole("listbox"), { key: "Escape" });
  await vi.waitFor(() => expect(document.activeElement).toBe(trigger));
  expect(screen.queryByRole("listbox")).toBeNull();
});
