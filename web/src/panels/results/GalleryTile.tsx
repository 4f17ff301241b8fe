/** One picture, video or sound of the gallery. */
import { AudioLines, Columns2, Download, Maximize2, Play, SquareArrowOutUpRight, Workflow } from "lucide-react";
import { thumbnailUrl } from "@/api/client";
import { openRun } from "@/store/open";
import { text } from "@/strings";
import { ContextMenu } from "@/ui/ContextMenu";
import { cx } from "@/ui/cx";
import type { MenuItem } from "@/ui/Menu";
import { loadAsInput } from "./actions";
import { download, dragPicture } from "./drag";
import { duration, moment } from "@/ui/format";
import { secondsIn, type Media } from "./media";

interface Props {
  media: Media;
  isCompared: boolean;
  onLook: () => void;
  onCompare: () => void;
}

const words = text.results.gallery;

export function GalleryTile({ media, isCompared, onLook, onCompare }: Props) {
  const { artifact, medium, name, run, summary, time } = media;
  const title = name || text.results.queue.untitled;
  const seconds = secondsIn(summary);
  const length = medium === "audio" && seconds !== null ? duration(seconds) : "";
  const label = [title, moment(time), length].filter(Boolean).join(", ");
  return (
    <ContextMenu items={() => menu(media, onLook, onCompare)}>
      <button
        type="button"
        draggable
        aria-label={medium === "image" ? label : `${text.widgets.value[medium]}: ${label}`}
        title={label}
        className={cx(
          "relative block size-full overflow-hidden rounded-control bg-sunken",
          isCompared && "outline-2 outline-offset-1 outline-accent",
        )}
        onDragStart={(event) => dragPicture(event, artifact, name, run)}
        onClick={onLook}
      >
        {medium === "audio" ? (
          <SoundFace title={title} length={length} />
        ) : (
          <img
            src={thumbnailUrl(artifact.id, 256)}
            alt=""
            loading="lazy"
            draggable={false}
            className="size-full object-cover"
          />
        )}
        {medium === "video" && (
          <span className="absolute right-1.5 bottom-1.5 flex size-5 items-center justify-center rounded-full bg-black/60 text-white">
            <Play size={12} aria-hidden />
          </span>
        )}
      </button>
    </ContextMenu>
  );
}

/** Sounds look alike: theirs says what made it, and how long it is. */
function SoundFace({ title, length }: { title: string; length: string }) {
  return (
    <span className="flex size-full flex-col p-2 text-left text-xs text-muted">
      <span className="flex flex-1 items-center justify-center">
        <AudioLines size={28} strokeWidth={1.5} aria-hidden />
      </span>
      <span className="truncate text-body">{title}</span>
      <span>{length}</span>
    </span>
  );
}

function menu({ artifact, medium, name, run }: Media, onLook: () => void, onCompare: () => void): MenuItem[] {
  const compare: MenuItem = { label: words.compare, icon: Columns2, onSelect: onCompare };
  return [
    { label: words.look, icon: Maximize2, onSelect: onLook },
    { label: words.openWorkflow, icon: Workflow, onSelect: () => void openRun(run) },
    { label: words.useAsInput, icon: SquareArrowOutUpRight, onSelect: () => loadAsInput(artifact.id) },
    ...(medium === "image" ? [compare] : []),
    "separator",
    { label: text.common.download, icon: Download, onSelect: () => download(artifact.id, name, run) },
  ];
}
