/** Colours as people write them. */
import { expect, test } from "vitest";
import { isColour, opaqueHex, withAlphaOf } from "./colour";

test.each(["#36f", "#36f8", "#3366ff", "#3366ff80"])("%s is a colour, shown without transparency", (colour) => {
  expect(isColour(colour)).toBe(true);
  expect(opaqueHex(colour)).toBe("#3366ff");
});

test.each(["", "#12", "#12345", "#ggg", "url(x)", "rgb(1,2,3)"])("%s is none", (colour) => {
  expect(isColour(colour)).toBe(false);
});

test.each([
  ["#3366ff80", "#11223380"],
  ["#36f8", "#11223388"],
  ["#3366ff", "#112233"],
  ["red", "#112233"],
])("the transparency of %s is kept: %s", (before, after) => {
  expect(withAlphaOf(before, "#112233")).toBe(after);
});
