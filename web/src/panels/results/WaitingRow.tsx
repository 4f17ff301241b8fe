/** A run that waits: dragged to another place, moved by buttons, or cancelled. */
import { ArrowDown, ArrowUp, GripVertical, X } from "lucide-react";
import { useState, type DragEvent } from "react";
import { cancelRun, moveInQueue, type RunView } from "@/store/runs";
import { text } from "@/strings";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { RunValues } from "./RunValues";

interface Props {
  run: RunView;
  /** From 0, the next one to run first. */
  place: number;
  count: number;
}

const words = text.results.queue;
const RUN_TYPE = "application/x-blockloom-run";

export function WaitingRow({ run, place, count }: Props) {
  const [isOver, setOver] = useState(false);
  const name = run.name || words.untitled;
  const over = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes(RUN_TYPE)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    setOver(false);
    const id = event.dataTransfer.getData(RUN_TYPE);
    if (id === "" || id === run.id) return;
    event.preventDefault();
    void moveInQueue(id, place);
  };
  return (
    <div
      draggable
      className={cx("group flex min-h-9 items-center gap-1 py-1.5 pr-3 pl-1", isOver && "bg-accent-soft")}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData(RUN_TYPE, run.id);
      }}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <GripVertical size={14} className="shrink-0 cursor-grab text-muted" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm text-body" title={words.place(place + 1, count)}>
          {name}
        </p>
        <RunValues run={run} />
      </div>
      <IconButton
        size="sm"
        icon={ArrowUp}
        label={words.up}
        disabled={place === 0}
        onClick={() => void moveInQueue(run.id, place - 1)}
      />
      <IconButton
        size="sm"
        icon={ArrowDown}
        label={words.down}
        disabled={place === count - 1}
        onClick={() => void moveInQueue(run.id, place + 1)}
      />
      <IconButton size="sm" icon={X} label={words.cancel} onClick={() => void cancelRun(run.id)} />
    </div>
  );
}
