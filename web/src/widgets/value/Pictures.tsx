/** Pictures as thumbnails; pressing one opens it. */
import { thumbnailUrl } from "@/api/client";
import type { ValueSummary } from "@/api/types";
import { text } from "@/strings";
import { cx } from "@/ui/cx";

export interface ShownPicture {
  readonly id: string;
  readonly title: string;
  readonly summary: ValueSummary;
}

export interface PicturesProps {
  summaries: readonly ValueSummary[];
  onOpen: (pictures: readonly ShownPicture[], index: number) => void;
}

export function Pictures({ summaries, onOpen }: PicturesProps) {
  const pictures = summaries.flatMap((summary): ShownPicture[] =>
    summary.artifact ? [{ id: summary.artifact.id, title: titleOf(summary), summary }] : [],
  );
  return (
    <div className={cx("grid gap-1", pictures.length > 1 && "grid-cols-[repeat(auto-fill,minmax(72px,1fr))]")}>
      {pictures.map((picture, index) => (
        <button
          key={`${index} ${picture.id}`}
          type="button"
          aria-label={text.widgets.value.openPicture(index + 1)}
          title={picture.title}
          onClick={() => onOpen(pictures, index)}
          className="overflow-hidden rounded-control bg-sunken transition-opacity duration-120 hover:opacity-90"
        >
          <img
            src={thumbnailUrl(picture.id, pictures.length > 1 ? 256 : 512)}
            alt=""
            loading="lazy"
            width={picture.summary.width ?? undefined}
            height={picture.summary.height ?? undefined}
            className={cx("block w-full object-contain", pictures.length > 1 ? "aspect-square" : "h-auto max-h-80")}
          />
        </button>
      ))}
    </div>
  );
}

function titleOf({ width, height }: ValueSummary): string {
  return width && height ? `${width} × ${height} px` : "";
}
