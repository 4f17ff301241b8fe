/** One picture or video of the gallery. */
import { Columns2, Download, Maximize2, Play, SquareArrowOutUpRight, Workflow } from "lucide-react";
import { thumbnailUrl } from "@/api/client";
import { openRun } from "@/store/open";
import { text } from "@/strings";
import { ContextMenu } from "@/ui/ContextMenu";
import { cx } from "@/ui/cx";
import type { MenuItem } from "@/ui/Menu";
import { loadAsInput } from "./actions";
import { download, dragPicture } from "./drag";
import { moment } from "@/ui/format";
import type { Media } from "./media";

interface Props {
  media: Media;
  isCompared: boolean;
  onLook: () => void;
  onCompare: () => void;
}

const words = text.results.gallery;

export function GalleryTile({ media, isCompared, onLook, onCompare }: Props) {
  const { artifact, medium, name, run, time } = media;
  const label = words.item(name || text.results.queue.untitled, moment(time));
  return (
    <ContextMenu items={() => menu(media, onLook, onCompare)}>
      <button
        type="button"
        draggable
        aria-label={medium === "video" ? `${words.video}: ${label}` : label}
        title={label}
        className={cx(
          "relative block size-full overflow-hidden rounded-control bg-sunken",
          isCompared && "outline-2 outline-offset-1 outline-accent",
        )}
        onDragStart={(event) => dragPicture(event, artifact, name, run)}
        onClick={onLook}
      >
        <img
          src={thumbnailUrl(artifact.id, 256)}
          alt=""
          loading="lazy"
          draggable={false}
          className="size-full object-cover"
        />
        {medium === "video" && (
          <span className="absolute right-1.5 bottom-1.5 flex size-5 items-center justify-center rounded-full bg-black/60 text-white">
            <Play size={12} aria-hidden />
          </span>
        )}
      </button>
    </ContextMenu>
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
