/** A place to drop one file on, or to press and choose one. */
import { useRef, useState, type DragEvent, type ReactNode } from "react";
import { text } from "@/strings";
import { toast } from "@/store/toasts";
import { cx } from "@/ui/cx";

export type Takes = "image" | "video" | "any";

const ACCEPTED: Record<Takes, string | undefined> = {
  image: "image/*",
  video: "video/*,image/gif,.mkv,.avi,.mov",
  any: undefined,
};

export interface DropZoneProps {
  /** What files it takes. */
  takes: Takes;
  disabled: boolean;
  onFile: (file: File) => void;
  /** A button in it with the attribute `data-choose` opens the file dialog. */
  children: ReactNode;
  className?: string;
}

export function DropZone({ takes, disabled, onFile, children, className }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null) => {
    const [file, ...more] = files ?? [];
    if (file === undefined) return;
    if (more.length > 0) toast({ kind: "warning", title: text.widgets.oneFile });
    else if (isOther(file, takes)) {
      const words = takes === "video" ? text.widgets.notVideo : text.widgets.notPicture;
      toast({ kind: "warning", title: words(file.name) });
    } else onFile(file);
  };
  const hover = (event: DragEvent) => {
    if (disabled || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    event.stopPropagation();
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    if (disabled || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    event.stopPropagation(); // the canvas takes drops too
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <div
      onDragEnter={hover}
      onDragOver={hover}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest("[data-choose]")) chooser.current?.click();
      }}
      className={cx("nodrag nopan nokey", className, over && "border-accent bg-accent-soft")}
    >
      {children}
      <input
        ref={chooser}
        type="file"
        hidden
        disabled={disabled}
        accept={ACCEPTED[takes]}
        onChange={(event) => {
          take(event.target.files);
          event.target.value = ""; // so that the same file can be chosen again
        }}
      />
    </div>
  );
}

/** Whether the browser knows that the file is something else; a GIF can be a picture and a video. */
function isOther(file: File, takes: Takes): boolean {
  if (takes === "any" || file.type === "") return false;
  return !file.type.startsWith(`${takes}/`) && !(takes === "video" && file.type === "image/gif");
}
