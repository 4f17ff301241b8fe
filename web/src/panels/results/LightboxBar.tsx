/** The controls of the lightbox. */
import {
  ChevronLeft,
  ChevronRight,
  Columns2,
  Download,
  Info,
  Maximize,
  SquareArrowOutUpRight,
  Workflow,
  X,
  ZoomIn,
  ZoomOut,
} from "lucide-react";
import { thumbnailUrl } from "@/api/client";
import { closeDialog, type LightboxImage } from "@/store/ui";
import { openRun } from "@/store/open";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { Tooltip } from "@/ui/Tooltip";
import { loadAsInput } from "./actions";
import { download, dragPicture } from "./drag";
import { percent } from "@/ui/format";
import { mediumOf } from "./media";
import type { Look } from "./useView";

interface Props {
  images: readonly LightboxImage[];
  index: number;
  compare: number | null;
  onIndex: (index: number) => void;
  onCompare: (index: number | null) => void;
  /** null for a video or sound. */
  look: Look | null;
  showsInfo: boolean;
  onInfo: () => void;
}

const words = text.results.lightbox;
const STEP = 1.3;
const THUMBNAIL = 128;

export function LightboxBar(props: Props) {
  const { images, index, onIndex, look, showsInfo, onInfo } = props;
  const image = images[index];
  if (!image) return null;
  return (
    <div
      role="toolbar"
      aria-label={words.title}
      className="flex h-11 shrink-0 items-center gap-1 border-b border-line bg-surface px-2"
    >
      <span className="min-w-0 flex-1 truncate px-1 text-sm font-medium text-strong">
        {image.title}
        {images.length > 1 && (
          <span className="ml-2 font-normal text-muted">{words.position(index + 1, images.length)}</span>
        )}
      </span>
      {images.length > 1 && (
        <>
          <IconButton
            icon={ChevronLeft}
            label={words.previous}
            shortcut="←"
            disabled={index === 0}
            onClick={() => onIndex(index - 1)}
          />
          <IconButton
            icon={ChevronRight}
            label={words.next}
            shortcut="→"
            disabled={index === images.length - 1}
            onClick={() => onIndex(index + 1)}
          />
          <Gap />
        </>
      )}
      {look && <ZoomControls look={look} />}
      {look && <CompareControl {...props} />}
      <FileControls image={image} />
      <IconButton icon={Info} label={words.info} active={showsInfo} onClick={onInfo} />
      <IconButton icon={X} label={words.close} shortcut="Esc" onClick={closeDialog} />
    </div>
  );
}

function ZoomControls({ look }: { look: Look }) {
  return (
    <>
      <IconButton icon={ZoomOut} label={words.zoomOut} shortcut="−" onClick={() => look.zoom(1 / STEP)} />
      <span className="w-12 text-center text-xs text-muted" title={words.help}>
        {percent(look.view.scale)}
      </span>
      <IconButton icon={ZoomIn} label={words.zoomIn} shortcut="+" onClick={() => look.zoom(STEP)} />
      <IconButton icon={Maximize} label={words.fit} shortcut="0" onClick={look.fit} />
      <Tooltip content={words.actual} side="bottom">
        <Button
          variant="ghost"
          size="sm"
          aria-label={words.actual}
          className="text-muted"
          onClick={() => look.actual()}
        >
          {words.oneToOne}
        </Button>
      </Tooltip>
      <Gap />
    </>
  );
}

function CompareControl({ images, index, compare, onCompare }: Props) {
  const others = images.flatMap((image, at) => (at !== index && mediumOf(image) === "image" ? [{ image, at }] : []));
  if (others.length === 0) return null;
  if (compare !== null) {
    return <IconButton icon={Columns2} label={words.stopCompare} active onClick={() => onCompare(null)} />;
  }
  const near = others.sort((a, b) => Math.abs(a.at - index) - Math.abs(b.at - index)).slice(0, 12);
  return (
    <Menu
      align="end"
      trigger={<IconButton icon={Columns2} label={words.compareWith} />}
      items={near.map(({ image, at }) => ({
        label: `${image.title} · ${words.position(at + 1, images.length)}`,
        picture: thumbnailUrl(image.artifact, THUMBNAIL),
        onSelect: () => onCompare(at),
      }))}
    />
  );
}

function FileControls({ image }: { image: LightboxImage }) {
  const { artifact, title, run } = image;
  const ref = image.summary?.artifact ?? null;
  return (
    <>
      <IconButton
        icon={SquareArrowOutUpRight}
        label={words.useAsInput}
        onClick={() => {
          loadAsInput(artifact);
          closeDialog();
        }}
      />
      {run !== undefined && (
        <IconButton
          icon={Workflow}
          label={words.openWorkflow}
          onClick={() => {
            closeDialog();
            void openRun(run);
          }}
        />
      )}
      <IconButton
        icon={Download}
        label={mediumOf(image) === "audio" ? text.common.download : words.download}
        draggable={ref !== null}
        onDragStart={(event) => ref && dragPicture(event, ref, title, run)}
        onClick={() => download(artifact, title, run)}
      />
      <Gap />
    </>
  );
}

function Gap() {
  return <span className="mx-1 h-4 w-px bg-line" />;
}
