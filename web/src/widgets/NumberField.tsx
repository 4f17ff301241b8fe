/** A number that is typed (sums too), dragged sideways, stepped with the arrow keys, or turned with the wheel. */
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { text } from "@/strings";
import { cx } from "@/ui/cx";
import { FIELD } from "@/ui/TextInput";
import { Tooltip } from "@/ui/Tooltip";
import { calculate } from "./arithmetic";
import { allowed, pace, stepped, type NumberRules } from "./numbers";
import { useNumberDrag } from "./useNumberDrag";

export interface NumberFieldProps {
  label: string;
  value: number | null;
  rules: NumberRules;
  /** Null when the field was emptied. */
  onChange: (value: number | null) => void;
  placeholder?: string;
  disabled?: boolean;
  /** Shows where the number lies between its bounds. */
  bar?: boolean;
  className?: string;
}

const HINT_MS = 2500;

export function NumberField(props: NumberFieldProps) {
  const { label, value, rules, onChange, placeholder = "", disabled = false, bar = false, className } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const [focused, setFocused] = useState(false);
  const [hint, setHint] = useHint();
  const field = useRef<HTMLInputElement>(null);
  const start = value ?? startOf(placeholder, rules);
  const step = (steps: number) => {
    setTyped(null);
    onChange(stepped(start, steps, rules));
  };
  const drag = useNumberDrag({
    value: start,
    rules,
    onChange,
    typing: focused,
    disabled,
    onPress: () => {
      field.current?.focus();
      field.current?.select();
    },
  });
  useWheel(field, step, disabled);

  const commit = () => {
    if (typed === null) return;
    setTyped(null);
    const entered = typed.trim() === "" ? null : calculate(typed);
    if (entered === null) {
      if (typed.trim() === "") onChange(null);
      else setHint(text.widgets.noNumber);
      return;
    }
    const next = allowed(entered, rules);
    if (entered < rules.min || entered > rules.max) setHint(bounds(rules));
    if (next !== value) onChange(next);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) commit();
    else if (event.key === "Escape" && typed !== null) setTyped(null);
    else if (event.key === "ArrowUp") step(pace(event));
    else if (event.key === "ArrowDown") step(-pace(event));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <Tooltip content={hint} open={hint !== null} side="right">
      <span className={cx("relative flex min-w-0 flex-1 overflow-hidden rounded-control", className)}>
        <input
          ref={field}
          type="text"
          inputMode="decimal"
          role="spinbutton"
          aria-label={label}
          aria-valuenow={value ?? undefined}
          {...(Number.isFinite(rules.min) && { "aria-valuemin": rules.min })}
          {...(Number.isFinite(rules.max) && { "aria-valuemax": rules.max })}
          autoComplete="off"
          spellCheck={false}
          disabled={disabled}
          placeholder={placeholder}
          value={typed ?? (value === null ? "" : String(value))}
          onChange={(event) => setTyped(event.target.value)}
          onFocus={() => setFocused(true)}
          onBlur={() => {
            setFocused(false);
            commit();
          }}
          onKeyDown={onKeyDown}
          {...drag.handlers}
          className={cx(
            FIELD,
            "h-7 touch-none px-2 text-right tabular-nums nodrag nopan",
            focused ? "nowheel cursor-text" : "cursor-ew-resize",
            drag.dragging && "border-muted select-none",
          )}
        />
        {bar && <Bar value={start} rules={rules} faint={value === null} />}
      </span>
    </Tooltip>
  );
}

function Bar({ value, rules, faint }: { value: number; rules: NumberRules; faint: boolean }) {
  const share = Math.min(1, Math.max(0, (value - rules.min) / (rules.max - rules.min)));
  return (
    <span
      aria-hidden
      className="pointer-events-none absolute inset-x-1.5 bottom-[3px] h-0.5 overflow-hidden rounded-full bg-line"
    >
      <span className={cx("block h-full bg-muted", faint && "opacity-40")} style={{ width: `${share * 100}%` }} />
    </span>
  );
}

function startOf(placeholder: string, rules: NumberRules): number {
  const suggested = placeholder === "" ? null : calculate(placeholder);
  return allowed(suggested ?? 0, rules);
}

function bounds({ min, max }: NumberRules): string {
  if (!Number.isFinite(max)) return text.widgets.atLeast(min);
  return Number.isFinite(min) ? text.widgets.between(min, max) : text.widgets.atMost(max);
}

function useHint() {
  const [hint, setHint] = useState<string | null>(null);
  useEffect(() => {
    if (hint === null) return;
    const timer = setTimeout(() => setHint(null), HINT_MS);
    return () => clearTimeout(timer);
  }, [hint]);
  return [hint, setHint] as const;
}

/** The wheel steps the number while the field has the focus; elsewhere it scrolls and zooms as usual. */
function useWheel(field: React.RefObject<HTMLInputElement | null>, step: (steps: number) => void, disabled: boolean) {
  useEffect(() => {
    const element = field.current;
    if (element === null || disabled) return;
    const turn = (event: WheelEvent) => {
      if (document.activeElement !== element || event.ctrlKey) return;
      event.preventDefault();
      const delta = event.deltaY || event.deltaX; // Shift turns the wheel sideways
      if (delta !== 0) step(-Math.sign(delta) * pace(event));
    };
    element.addEventListener("wheel", turn, { passive: false }); // React listens passively
    return () => element.removeEventListener("wheel", turn);
  });
}
