/** The control of a file: dropped, chosen, or named in the input folder; pictures and videos show a thumbnail. */
import { Brush, File as FileIcon, FolderOpen, ImageUp, X } from "lucide-react";
import { thumbnailUrl } from "@/api/client";
import type { Widget } from "@/api/types";
import { openDialog } from "@/store/ui";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { isArtifactId, isPictureName, isVideoName } from "./artifacts";
import { ComboField } from "./ComboField";
import type { ControlProps } from "./control";
import { DropZone, type Takes } from "./DropZone";
import { useInputFiles } from "./useInputFiles";
import { useUpload } from "./useUpload";

const TAKES: Partial<Record<Widget["kind"], Takes>> = { image: "image", mask: "image", video: "video" };

const WORDS: Record<Takes, string> = {
  image: text.widgets.dropPicture,
  video: text.widgets.dropVideo,
  any: text.widgets.dropFile,
};

export function FileControl(props: ControlProps) {
  const { nodeId, port, widget, value, disabled, onChange } = props;
  const upload = useUpload(onChange);
  const name = typeof value === "string" ? value : "";
  const takes = TAKES[widget.kind] ?? "any";
  const paint =
    widget.kind === "mask" && !disabled
      ? () => openDialog({ kind: "mask", nodeId, param: port.name, image: "" })
      : null;
  return (
    <DropZone
      takes={takes}
      disabled={disabled}
      onFile={(file) => void upload.start(file)}
      className={cx(
        "relative w-full overflow-hidden rounded-control border",
        name === "" ? "h-14 border-dashed border-line" : "h-[120px] border-line bg-sunken",
      )}
    >
      {upload.share !== null ? (
        <Progress share={upload.share} onCancel={upload.cancel} />
      ) : name === "" ? (
        <Empty {...props} takes={takes} onPaint={paint} />
      ) : (
        <Chosen {...props} name={name} onPaint={paint} onClear={() => onChange(undefined)} />
      )}
    </DropZone>
  );
}

interface EmptyProps extends ControlProps {
  takes: Takes;
  onPaint: (() => void) | null;
}

function Empty({ label, disabled, takes, onChange, onPaint }: EmptyProps) {
  const files = useInputFiles(takes);
  const words = onPaint ? text.widgets.dropMask : WORDS[takes];
  return (
    <div className="flex h-full flex-col">
      <div className="flex min-h-0 flex-1">
        <Button
          variant="ghost"
          size="sm"
          icon={ImageUp}
          disabled={disabled}
          aria-label={`${label}: ${words}`}
          className="min-w-0 flex-1 text-muted"
          data-choose
        >
          <span className="truncate">{words}</span>
        </Button>
        {onPaint && (
          <Button variant="ghost" size="sm" icon={Brush} onClick={onPaint}>
            {text.widgets.paintMask}
          </Button>
        )}
      </div>
      <ComboField
        label={text.widgets.fileName(label)}
        value=""
        placeholder={text.widgets.fileNameHint}
        disabled={disabled}
        suggestions={files.map((file) => ({ value: file, label: file }))}
        onCommit={(file) => onChange(file === "" ? undefined : file)}
      />
    </div>
  );
}

interface ChosenProps extends ControlProps {
  name: string;
  onPaint: (() => void) | null;
  onClear: () => void;
}

function Chosen({ name, label, disabled, widget, onPaint, onClear }: ChosenProps) {
  const uploaded = isArtifactId(name);
  const shown = uploaded && (widget.kind !== "file" || isPictureName(name) || isVideoName(name));
  return (
    <div className="group h-full">
      {shown ? (
        <img
          src={thumbnailUrl(name)}
          alt={text.widgets.thumbnail(label)}
          draggable={false}
          className="size-full object-contain"
        />
      ) : (
        <p className="flex h-full flex-col items-center justify-center gap-1 px-2 text-center text-xs [overflow-wrap:anywhere]">
          <FileIcon size={20} strokeWidth={1.5} className="text-muted" aria-hidden />
          {uploaded ? text.widgets.artifact : name}
        </p>
      )}
      {!disabled && (
        <div className="absolute top-1 right-1 flex rounded-control bg-raised/90 opacity-0 transition-opacity duration-120 group-focus-within:opacity-100 group-hover:opacity-100 [@media(hover:none)]:opacity-100">
          <IconButton size="sm" icon={FolderOpen} label={text.widgets.replaceFile(label)} data-choose />
          <IconButton size="sm" icon={X} label={text.widgets.clearFile(label)} onClick={onClear} />
        </div>
      )}
      {onPaint && (
        <Button size="sm" icon={Brush} className="absolute bottom-1 left-1" onClick={onPaint}>
          {text.widgets.paintMask}
        </Button>
      )}
    </div>
  );
}

function Progress({ share, onCancel }: { share: number; onCancel: () => void }) {
  const percent = Math.round(share * 100);
  return (
    <div className="flex h-full flex-col items-center justify-center gap-1.5 px-4">
      <div className="flex items-center gap-1 text-xs text-muted" role="status">
        {text.widgets.uploading(percent)}
        <IconButton size="sm" icon={X} label={text.widgets.cancelUpload} onClick={onCancel} />
      </div>
      <div className="h-1 w-full overflow-hidden rounded-full bg-line">
        <div className="h-full bg-muted" style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}
