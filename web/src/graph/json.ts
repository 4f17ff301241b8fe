/** Plain JSON data: what counts as such, and whether two values are the same. */
import type { JsonValue } from "@/api/types";

export type JsonObject = { readonly [key: string]: JsonValue };

/** Levels of lists and objects that the server takes. */
const MAX_DEPTH = 64;

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** What keeps `value` from being plain data, as the end of a sentence that begins with its name; null if nothing does. */
export function flaw(value: unknown): string | null {
  const waiting: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value: item, depth } = next;
    if (typeof item === "object" && item !== null) {
      if (depth > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
      for (const child of Array.isArray(item) ? item : Object.values(item)) {
        waiting.push({ value: child, depth: depth + 1 });
      }
    } else if (typeof item === "number" ? !Number.isFinite(item) : !isScalar(item)) {
      return `holds ${String(item)}, which JSON does not have`;
    }
  }
  return null;
}

export function isJson(value: unknown): value is JsonValue {
  return flaw(value) === null;
}

export function jsonEqual(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (one === other) return true;
  if (isList(one)) {
    return isList(other) && one.length === other.length && one.every((item, index) => jsonEqual(item, other[index]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && jsonEqual(one[key], other[key]))
  );
}

/** `value` as it is quoted in a sentence: short and on one line. */
export function shown(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return isList(value) ? "a list" : "an object";
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === "string" || typeof value === "boolean";
}
