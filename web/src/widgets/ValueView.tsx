/** A read-only view of what an output holds. */
import type { ValueSummary } from "@/api/types";
import { artifactUrl } from "@/api/client";
import { isJson } from "@/graph/json";
import { openDialog } from "@/store/ui";
import { text } from "@/strings";
import { cx } from "@/ui/cx";
import { JsonTree } from "./value/JsonTree";
import { LongText } from "./value/LongText";
import { Pictures, type ShownPicture } from "./value/Pictures";
import { TensorFacts } from "./value/TensorFacts";
import { VideoView } from "./value/VideoView";

const words = text.widgets.value;

export interface ValueViewProps {
  value: ValueSummary;
  /** What happens when a picture is pressed; else it opens large. */
  onOpen?: (pictures: readonly ShownPicture[], index: number) => void;
  className?: string;
}

export function ValueView({ value, onOpen = openLarge, className }: ValueViewProps) {
  return (
    <div className={cx("min-w-0 text-sm text-body", className)}>
      <Content value={value} onOpen={onOpen} />
    </div>
  );
}

type Open = NonNullable<ValueViewProps["onOpen"]>;

function openLarge(pictures: readonly ShownPicture[], index: number): void {
  const images = pictures.map(({ id, title, summary }) => ({
    artifact: id,
    title,
    mime: summary.artifact?.mime ?? "",
    summary,
  }));
  openDialog({ kind: "lightbox", images, index });
}

function Content({ value, onOpen }: { value: ValueSummary; onOpen: Open }) {
  const media = value.artifact?.mime.split("/")[0];
  if (value.artifact && media === "image") return <Pictures summaries={[value]} onOpen={onOpen} />;
  if (value.artifact && media === "video") return <VideoView address={artifactUrl(value.artifact.id)} />;
  if (value.artifact && media === "audio") {
    return <audio controls src={artifactUrl(value.artifact.id)} aria-label={words.audio} className="w-full" />;
  }
  if (value.items) return <Items value={value} items={value.items} onOpen={onOpen} />;
  if (value.shape || value.dtype) return <TensorFacts value={value} />;
  if (typeof value.value === "string") return <LongText value={value.value} length={value.length ?? null} />;
  if (isJson(value.value) && value.value !== null) return <JsonTree value={value.value} />;
  return <Empty value={value} />;
}

function Items({ value, items, onOpen }: { value: ValueSummary; items: readonly ValueSummary[]; onOpen: Open }) {
  const missing = (value.length ?? items.length) - items.length;
  const pictures = items.length > 0 && items.every((item) => item.artifact?.mime.startsWith("image/") === true);
  return (
    <div className="flex flex-col gap-1">
      {pictures ? (
        <Pictures summaries={items} onOpen={onOpen} />
      ) : (
        <ol className="flex flex-col gap-1">
          {items.map((item, index) => (
            <li key={index} className="flex gap-2">
              <span className="w-5 shrink-0 text-right text-xs text-muted tabular-nums">{index + 1}</span>
              <div className="min-w-0 flex-1">
                <Content value={item} onOpen={onOpen} />
              </div>
            </li>
          ))}
        </ol>
      )}
      {missing > 0 && <p className="text-xs text-muted">{words.moreItems(missing)}</p>}
      {items.length === 0 && missing <= 0 && <p className="text-xs text-muted">{words.items(0)}</p>}
    </div>
  );
}

/** Values that only the worker holds, and none at all. */
function Empty({ value }: { value: ValueSummary }) {
  const size = value.width && value.height ? `${value.width} × ${value.height} px` : null;
  return (
    <p className="text-xs text-muted">{size ?? (value.value === null && !value.size ? words.none : value.type)}</p>
  );
}
