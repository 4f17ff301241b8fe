/** What connects to what: the same cases as the engine's rules. */
import { expect, test } from "vitest";
import { connection, family, shape } from "./ports";

test.each([
  ["image", "image", "direct"],
  ["image", "latents", null],
  ["int", "float", "direct"],
  ["float", "int", null],
  ["mask", "image", "direct"],
  ["image", "mask", null],
  ["any", "list[image]", "direct"],
  ["list[image]", "any", "direct"],
  ["image", "list[image]", "wrap"],
  ["list[image]", "image", "map"],
  ["list[image]", "list[image]", "direct"],
  ["mask", "list[image]", "wrap"],
  ["list[mask]", "image", "map"],
  ["list[int]", "list[float]", "direct"],
  ["list[float]", "int", null],
  ["list[any]", "image", "map"],
  ["image", "list[any]", "wrap"],
  ["list[any]", "list[image]", "direct"],
  ["pipeline", "component", null],
  ["string", "json", null],
  ["", "", "direct"],
])("%s into %s: %s", (source, target, how) => {
  expect(connection(source, target)).toBe(how);
});

test.each([
  ["image", "image", "circle"],
  ["list[mask]", "mask", "square"],
  ["pipeline", "refs", "diamond"],
  ["list[lora]", "refs", "square"],
  ["int", "number", "circle"],
  ["tensor", "latents", "circle"],
  ["from the future", "any", "circle"],
])("%s is of the family %s, drawn as a %s", (type, hue, form) => {
  expect([family(type), shape(type)]).toEqual([hue, form]);
});
