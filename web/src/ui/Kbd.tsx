/** A keyboard shortcut as key caps: `Ctrl+Enter`. */
import { cx } from "./cx";

export function Kbd({ keys, className }: { keys: string; className?: string }) {
  return (
    <span className={cx("inline-flex items-center gap-0.5", className)}>
      {keys.split(/\+(?=.)/).map((key) => (
        <kbd
          key={key}
          className="inline-flex h-4 min-w-4 items-center justify-center rounded border border-line bg-sunken px-1 font-sans text-[11px] leading-none text-muted"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
