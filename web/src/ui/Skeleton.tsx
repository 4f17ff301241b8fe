/** The place of something that is still being loaded. */
import { cx } from "./cx";

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden data-testid="skeleton" className={cx("rounded bg-line/70", className ?? "h-4 w-full")} />;
}
