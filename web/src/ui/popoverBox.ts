/** How everything that floats beside its trigger looks. */
import { cx } from "./cx";

export const POPOVER_BOX = cx(
  "z-50 max-w-[min(480px,90vw)] rounded-control border border-line bg-raised text-sm text-body outline-none",
  "shadow-[var(--shadow-float)] nokey nowheel nopan nodrag",
);
