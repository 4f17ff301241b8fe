/** Numbers as the port of a param allows them: bounds, whole numbers, steps without rounding dust. */
import type { Port } from "@/api/types";

export interface NumberRules {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly whole: boolean;
}

export function rulesOf(port: Port): NumberRules {
  const whole = port.type === "int";
  const { min, max, step } = port.widget ?? {};
  return { min: min ?? -Infinity, max: max ?? Infinity, step: step ?? (whole ? 1 : 0.01), whole };
}

/** The nearest number that is allowed. */
export function allowed(value: number, rules: NumberRules): number {
  const rounded = rules.whole ? Math.round(value) : clean(value);
  return Math.min(rules.max, Math.max(rules.min, rounded));
}

/** `value` moved by some steps; whole numbers move by 1 at least. */
export function stepped(value: number, steps: number, rules: NumberRules): number {
  const move = steps * rules.step;
  return allowed(rules.whole && move !== 0 && Math.abs(move) < 1 ? value + Math.sign(move) : value + move, rules);
}

/** How many steps one press or one drag unit counts: Shift = 10, Alt = a tenth. */
export function pace(keys: { readonly shiftKey: boolean; readonly altKey: boolean }): number {
  if (keys.shiftKey) return 10;
  return keys.altKey ? 0.1 : 1;
}

/** Without the dust of binary fractions: 0.1 + 0.2 is 0.3. */
function clean(value: number): number {
  return Number(value.toPrecision(12));
}
