/** A run that has ended: what it made first, how it ended, and what can be done with it. */
import { AudioLines, Copy, ImageOff, MoreHorizontal, RotateCcw, Trash2, Workflow } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";
import { thumbnailUrl } from "@/api/client";
import type { Problem, Run } from "@/api/types";
import { openDialog } from "@/store/ui";
import { openRun } from "@/store/open";
import { text } from "@/strings";
import { ContextMenu } from "@/ui/ContextMenu";
import { IconButton } from "@/ui/IconButton";
import { Menu, type MenuItem } from "@/ui/Menu";
import { deleteRun, rerun } from "./actions";
import { dragPicture } from "./drag";
import { ago, duration, moment } from "@/ui/format";
import { secondsOf } from "./history";
import { asLightboxImage, mediaOf, type Media } from "./media";
import { forgetRun } from "./queries";
import { RunValues } from "./RunValues";
import { StateMark } from "./StateMark";
import { useDate } from "./useDate";

const words = text.results.queue;

export function HistoryRow({ run }: { run: Run }) {
  const items = useItems(run);
  const now = useDate();
  const name = run.name || words.untitled;
  const media = mediaOf(run);
  const ended = run.finished ?? run.created;
  const seconds = secondsOf(run, ended);
  const facts = [seconds === null ? "" : duration(seconds), ago(ended, now)].filter(Boolean).join(" · ");
  return (
    <ContextMenu items={items}>
      <div className="group flex min-h-16 items-center gap-3 px-3 py-2 hover:bg-sunken" data-run={run.id}>
        <Thumbnail media={media} name={name} />
        <div className="min-w-0 flex-1">
          <div className="flex items-center gap-1.5">
            <StateMark state={run.state ?? "queued"} iconOnly />
            <button
              type="button"
              className="min-w-0 truncate text-left text-sm font-medium text-strong hover:underline"
              onClick={() => void openRun(run.id)}
            >
              {name}
            </button>
          </div>
          <RunValues run={run} />
          <p className="truncate text-xs text-muted" title={moment(ended)}>
            {facts}
          </p>
          {run.state === "failed" && run.problem && (
            <p className="line-clamp-2 text-xs text-danger" title={run.problem.message}>
              {run.problem.message}
            </p>
          )}
        </div>
        <Menu
          align="end"
          items={items}
          trigger={<IconButton size="sm" icon={MoreHorizontal} label={words.actions(name)} />}
        />
      </div>
    </ContextMenu>
  );
}

function Thumbnail({ media, name }: { media: readonly Media[]; name: string }) {
  const [first] = media;
  if (!first) {
    return (
      <span className="flex size-12 shrink-0 items-center justify-center rounded-control bg-sunken text-muted">
        <ImageOff size={16} strokeWidth={1.5} aria-hidden />
      </span>
    );
  }
  return (
    <button
      type="button"
      aria-label={words.lookAt(name)}
      className="flex size-12 shrink-0 items-center justify-center overflow-hidden rounded-control bg-sunken text-muted"
      draggable
      onDragStart={(event) => dragPicture(event, first.artifact, first.name, first.run)}
      onClick={() => openDialog({ kind: "lightbox", images: media.map(asLightboxImage), index: 0 })}
    >
      {first.medium === "audio" ? (
        <AudioLines size={16} strokeWidth={1.5} aria-hidden />
      ) : (
        <img
          src={thumbnailUrl(first.artifact.id, 128)}
          alt=""
          loading="lazy"
          draggable={false}
          className="size-full object-cover"
        />
      )}
    </button>
  );
}

function useItems(run: Run): MenuItem[] {
  const client = useQueryClient();
  const remove = () => void deleteRun(run.id).then((gone) => gone && forgetRun(client, run.id));
  const problem = run.problem;
  return [
    { label: words.rerun, icon: RotateCcw, onSelect: () => void rerun(run.id) },
    { label: words.open, icon: Workflow, onSelect: () => void openRun(run.id) },
    "separator",
    ...(problem ? [{ label: words.copyProblem, icon: Copy, onSelect: () => copy(written(problem)) }] : []),
    { label: words.copyId, icon: Copy, onSelect: () => copy(run.id) },
    "separator",
    { label: text.common.delete, icon: Trash2, danger: true, onSelect: remove },
  ];
}

function copy(value: string): void {
  void navigator.clipboard.writeText(value);
}

function written({ message, remedy, details }: Problem): string {
  return [message, remedy, details].filter(Boolean).join("\n\n");
}
