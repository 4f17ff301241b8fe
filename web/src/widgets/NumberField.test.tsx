/** Typing, dragging and stepping a number. */
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NumberField } from "./NumberField";
import type { NumberRules } from "./numbers";

afterEach(cleanup);
beforeEach(() => {
  HTMLElement.prototype.setPointerCapture = () => undefined;
});

const SIZE: NumberRules = { min: 16, max: 4096, step: 8, whole: true };

function shown(start: number | null, rules = SIZE) {
  const changes = vi.fn<(value: number | null) => void>();
  function Owner() {
    const [value, setValue] = useState(start);
    const change = (next: number | null) => {
      changes(next);
      setValue(next);
    };
    return <NumberField label="Width" value={value} rules={rules} onChange={change} />;
  }
  render(<Owner />);
  const field = screen.getByRole<HTMLInputElement>("spinbutton", { name: "Width" });
  const type = (value: string) => fireEvent.change(field, { target: { value } });
  return { field, changes, type };
}

test("a sum is worked out on Enter", () => {
  const { field, changes, type } = shown(512);
  type("512*2+64");
  expect(changes).not.toHaveBeenCalled();
  fireEvent.keyDown(field, { key: "Enter" });
  expect(changes.mock.calls).toEqual([[1088]]);
  expect(field.value).toBe("1088");
});

test("what is out of bounds is clamped, with a hint", () => {
  const { field, changes, type } = shown(512);
  type("9999");
  fireEvent.keyDown(field, { key: "Enter" });
  expect(changes.mock.calls).toEqual([[4096]]);
  expect(screen.getByRole("tooltip").textContent).toContain("Between 16 and 4096");
});

test("what is no number is refused", () => {
  const { field, changes, type } = shown(512);
  type("NaN");
  fireEvent.blur(field);
  expect(changes).not.toHaveBeenCalled();
  expect(field.value).toBe("512");
});

test("Escape takes back what was typed", () => {
  const { field, changes, type } = shown(512);
  type("7");
  fireEvent.keyDown(field, { key: "Escape" });
  fireEvent.blur(field);
  expect(changes).not.toHaveBeenCalled();
  expect(field.value).toBe("512");
});

test("an emptied field hands over null", () => {
  const { field, changes, type } = shown(512);
  type("");
  fireEvent.blur(field);
  expect(changes.mock.calls).toEqual([[null]]);
});

test("arrows step; Shift takes ten steps", () => {
  const { field, changes } = shown(512);
  fireEvent.keyDown(field, { key: "ArrowUp" });
  fireEvent.keyDown(field, { key: "ArrowDown", shiftKey: true });
  expect(changes.mock.calls).toEqual([[520], [440]]);
});

test("steps leave no dust", () => {
  const { field, changes } = shown(0.1, { min: 0, max: 1, step: 0.1, whole: false });
  fireEvent.keyDown(field, { key: "ArrowUp" });
  fireEvent.keyDown(field, { key: "ArrowUp" });
  expect(changes.mock.calls).toEqual([[0.2], [0.3]]);
});

test("dragging sideways scrubs and does not take the focus", () => {
  const { field, changes } = shown(512);
  fireEvent.pointerDown(field, { button: 0, clientX: 100, pointerId: 1 });
  fireEvent.pointerMove(field, { clientX: 110, pointerId: 1 });
  fireEvent.pointerUp(field, { pointerId: 1 });
  expect(changes.mock.calls).toEqual([[552]]);
  expect(document.activeElement).not.toBe(field);
});

test("a press without a drag starts typing", () => {
  const { field, changes } = shown(512);
  fireEvent.pointerDown(field, { button: 0, clientX: 100, pointerId: 1 });
  fireEvent.pointerUp(field, { pointerId: 1 });
  expect(document.activeElement).toBe(field);
  expect(changes).not.toHaveBeenCalled();
});

test("the wheel steps only with the focus", () => {
  const { field, changes } = shown(512);
  fireEvent.wheel(field, { deltaY: -100 });
  expect(changes).not.toHaveBeenCalled();
  field.focus();
  fireEvent.wheel(field, { deltaY: -100 });
  expect(changes.mock.calls).toEqual([[520]]);
});
