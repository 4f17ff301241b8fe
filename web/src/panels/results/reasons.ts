/** Reasons for computing a node again, in words. */
import type { JsonValue } from "@/api/types";
import type { Reason } from "@/graph/why";
import { assertNever } from "@/store/assert";
import { text } from "@/strings";
import { written } from "./seeds";

const words = text.results.reasons;

export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case "first":
    case "unfinished":
    case "gone":
    case "beyond":
      return words[reason.kind];
    case "type":
      return words.type(reason.before, reason.after);
    case "param":
      return words.param(reason.name, shown(reason.before), shown(reason.after));
    case "input":
      return words[reason.change](reason.name, reason.sources.join(", "));
    default:
      return assertNever(reason);
  }
}

const MOST = 60;

function shown(value: JsonValue | undefined): string {
  if (value === undefined) return words.default;
  const whole = written(value);
  return whole.length > MOST ? `${whole.slice(0, MOST)}…` : whole;
}
