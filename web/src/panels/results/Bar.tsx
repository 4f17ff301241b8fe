/** How much of something is taken. */
import { cx } from "@/ui/cx";

interface Props {
  label: string;
  used: number;
  total: number;
  /** Said in words beside the bar. */
  words: string;
}

const NEARLY_FULL = 0.92;

export function Bar({ label, used, total, words }: Props) {
  const part = total > 0 ? Math.min(1, used / total) : 0;
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-baseline justify-between gap-3 text-sm">
        <span className="text-body">{label}</span>
        <span className="text-xs text-muted">{words}</span>
      </div>
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={used}
        aria-valuetext={words}
        className="h-1.5 overflow-hidden rounded-full bg-line"
      >
        <div
          className={cx("h-full rounded-full", part > NEARLY_FULL ? "bg-warning" : "bg-muted")}
          style={{ width: `${part * 100}%` }}
        />
      </div>
    </div>
  );
}
