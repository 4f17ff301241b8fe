/** Changes a number by dragging sideways on its field; a press without a drag is left to the caller. */
import { useState, type PointerEvent } from "react";
import { allowed, pace, stepped, type NumberRules } from "./numbers";

const THRESHOLD_PX = 3;
const PX_PER_STEP = 2;

interface Drag {
  readonly x: number;
  readonly from: number;
  readonly moved: boolean;
}

export interface NumberDragOptions {
  value: number;
  rules: NumberRules;
  onChange: (value: number) => void;
  onPress: () => void;
  /** Whether the field is being typed into; then the pointer selects text as usual. */
  typing: boolean;
  disabled: boolean;
}

export function useNumberDrag({ value, rules, onChange, onPress, typing, disabled }: NumberDragOptions) {
  const [drag, setDrag] = useState<Drag | null>(null);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (typing || disabled || event.button !== 0) return;
    event.preventDefault(); // the field takes the focus on release only, if it was no drag
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ x: event.clientX, from: value, moved: false });
  };

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (drag === null) return;
    const distance = event.clientX - drag.x;
    if (!drag.moved && Math.abs(distance) < THRESHOLD_PX) return;
    if (!drag.moved) setDrag({ ...drag, moved: true });
    const next = dragged(drag.from, distance, event, rules);
    if (next !== value) onChange(next);
  };

  const onPointerUp = () => {
    if (drag === null) return;
    setDrag(null);
    if (!drag.moved) onPress();
  };

  return {
    dragging: drag?.moved === true,
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: () => setDrag(null) },
  };
}

function dragged(from: number, distance: number, event: PointerEvent<HTMLElement>, rules: NumberRules): number {
  const range = rules.max - rules.min;
  const width = event.currentTarget.clientWidth;
  // A short range follows the pointer along the bar; a long one would jump, so it goes step by step.
  if (range / rules.step <= width * 2 && width > 0) {
    const steps = Math.round(((distance / width) * range * pace(event)) / rules.step);
    return allowed(from + steps * rules.step, rules);
  }
  return stepped(from, Math.trunc(distance / PX_PER_STEP) * pace(event), rules);
}
