/** The state of a run or a node: an icon and a word, never the colour alone. */
import {
  Ban,
  Check,
  ChevronsRight,
  CircleDashed,
  Clock,
  CornerDownRight,
  LoaderCircle,
  RotateCcw,
  X,
  type LucideIcon,
} from "lucide-react";
import { text } from "@/strings";
import { cx } from "@/ui/cx";

export type MarkedState = keyof typeof text.canvas.states;

const MARKS: Record<MarkedState, { icon: LucideIcon; tone: string }> = {
  idle: { icon: CircleDashed, tone: "text-muted" },
  queued: { icon: Clock, tone: "text-muted" },
  running: { icon: LoaderCircle, tone: "text-info" },
  cached: { icon: RotateCcw, tone: "text-success" },
  succeeded: { icon: Check, tone: "text-success" },
  unneeded: { icon: ChevronsRight, tone: "text-muted" },
  failed: { icon: X, tone: "text-danger" },
  skipped: { icon: CornerDownRight, tone: "text-muted" },
  cancelled: { icon: Ban, tone: "text-muted" },
};

export function StateMark({ state, iconOnly = false }: { state: MarkedState; iconOnly?: boolean }) {
  const { icon: Icon, tone } = MARKS[state];
  const words = text.canvas.states[state];
  return (
    <span className={cx("inline-flex items-baseline gap-1 whitespace-nowrap", tone)}>
      <Icon
        size={14}
        className="shrink-0 self-center"
        aria-hidden={!iconOnly}
        {...(iconOnly && { role: "img", "aria-label": words })}
      />
      {!iconOnly && words}
    </span>
  );
}

/** What is shown for a node's state: a success without computing is a state of its own. */
export function markedState(state: Exclude<MarkedState, "cached" | "idle"> | undefined, cached?: boolean): MarkedState {
  if (state === undefined) return "idle";
  return state === "succeeded" && cached ? "cached" : state;
}
