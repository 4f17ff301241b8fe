/** The column of icons that open and fold the panels at the left. */
import { text } from "@/strings";
import { toggleLeft, useUi } from "@/store/ui";
import { cx } from "@/ui/cx";
import { Tooltip } from "@/ui/Tooltip";
import { railPanels, type RailPanel } from "./railPanels";
import { useWaiting } from "./useWaiting";

export function LeftRail() {
  return (
    <nav
      aria-label={text.shell.frame.rail}
      className="hidden w-12 shrink-0 flex-col items-center gap-1 border-r border-line bg-surface py-2 min-[700px]:flex"
    >
      {railPanels.map((panel) => (
        <RailButton key={panel.id} panel={panel} />
      ))}
    </nav>
  );
}

function RailButton({ panel: { id, label, icon: Icon } }: { panel: RailPanel }) {
  const active = useUi((ui) => ui.leftPanel === id);
  return (
    <Tooltip content={label} side="right">
      <button
        type="button"
        aria-label={label}
        aria-pressed={active}
        className={cx(
          "relative flex size-9 items-center justify-center rounded-control transition-colors duration-120",
          active ? "bg-sunken text-strong" : "text-muted hover:bg-sunken hover:text-strong",
        )}
        onClick={() => toggleLeft(id)}
      >
        <Icon size={18} strokeWidth={1.75} aria-hidden />
        {id === "queue" && <QueueMark />}
      </button>
    </Tooltip>
  );
}

/** How many runs wait or run, at the corner of the queue's icon. */
function QueueMark() {
  const waiting = useWaiting();
  if (waiting === 0) return null;
  return (
    <span
      aria-hidden
      className="absolute top-0.5 right-0.5 flex h-3.5 min-w-3.5 items-center justify-center rounded-full bg-strong px-1 text-[10px] leading-none font-semibold text-surface"
    >
      {waiting > 99 ? "99+" : waiting}
    </span>
  );
}
