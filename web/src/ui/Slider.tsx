/** A number on a bar between two bounds. */
import { Slider as Radix } from "radix-ui";
import { cx } from "./cx";

export interface SliderProps {
  value: number;
  min: number;
  max: number;
  step?: number;
  onChange: (value: number) => void;
  /** When the drag ends. */
  onCommit?: (value: number) => void;
  label: string;
  disabled?: boolean;
  className?: string;
}

export function Slider(props: SliderProps) {
  const { value, min, max, step = 1, onChange, onCommit, label, disabled = false, className } = props;
  return (
    <Radix.Root
      value={[value]}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      onValueChange={([next]) => next !== undefined && onChange(next)}
      onValueCommit={([next]) => next !== undefined && onCommit?.(next)}
      className={cx(
        "relative flex h-7 min-w-0 flex-1 touch-none items-center select-none data-[disabled]:opacity-50",
        className,
      )}
    >
      <Radix.Track className="relative h-1 grow overflow-hidden rounded-full bg-line">
        <Radix.Range className="absolute h-full bg-muted" />
      </Radix.Track>
      <Radix.Thumb
        aria-label={label}
        className="block size-3 rounded-full border border-line bg-strong transition-transform duration-120 hover:scale-115"
      />
    </Radix.Root>
  );
}
