/** Looks closely at pictures, videos and sounds: zoom, pan, play, compare two, save, and see what made them. */
import { useState } from "react";
import { artifactUrl } from "@/api/client";
import type { Size } from "@/graph/types";
import { closeDialog, type LightboxImage } from "@/store/ui";
import { text } from "@/strings";
import { Dialog } from "@/ui/Dialog";
import { LightboxBar } from "./LightboxBar";
import { LightboxInfo } from "./LightboxInfo";
import { mediumOf } from "./media";
import { SoundStage, Stage } from "./Stage";
import { useKeys } from "./useKeys";
import { useSize } from "./useSize";
import { useView } from "./useView";

interface Props {
  images: readonly LightboxImage[];
  index: number;
  compare?: number;
}

const ZOOM_STEP = 1.3;
const UNKNOWN: Size = { width: 512, height: 512 };

export function Lightbox({ images, index: first, compare: firstCompare }: Props) {
  const [index, setIndex] = useState(first);
  const [compare, setCompare] = useState<number | null>(firstCompare ?? null);
  const [showsInfo, setShowsInfo] = useState(false);
  const [loaded, setLoaded] = useState<Readonly<Record<string, Size>>>({});
  const [frameRef, frame] = useSize<HTMLElement>();

  const image = images[index];
  const id = image?.artifact ?? "";
  const known = (image && loaded[id]) ?? sizeIn(image) ?? null;
  const size = known ?? UNKNOWN;
  const look = useView(id, size, frame);
  const medium = mediumOf(image);
  const other = compare === null ? null : (images[compare] ?? null);
  const nameOf = (at: number) =>
    [images[at]?.title, text.results.lightbox.position(at + 1, images.length)].filter(Boolean).join(" · ");
  const go = (by: number) => setIndex((now) => Math.min(images.length - 1, Math.max(0, now + by)));
  useKeys({
    "+": () => look.zoom(ZOOM_STEP),
    "=": () => look.zoom(ZOOM_STEP),
    "-": () => look.zoom(1 / ZOOM_STEP),
    "0": () => look.toggle(),
    ArrowLeft: () => go(-1),
    ArrowRight: () => go(1),
  });
  if (!image) return null;

  return (
    <Dialog open bare size="full" title={image.title || text.results.lightbox.title} onOpenChange={closeDialog}>
      <div className="flex h-full flex-col bg-canvas">
        <LightboxBar
          images={images}
          index={index}
          compare={compare}
          onIndex={setIndex}
          onCompare={setCompare}
          look={medium === "image" ? look : null}
          showsInfo={showsInfo}
          onInfo={() => setShowsInfo(!showsInfo)}
        />
        <div className="flex min-h-0 flex-1">
          {medium === "video" ? (
            <video
              key={id}
              src={artifactUrl(id)}
              controls
              loop
              autoPlay
              playsInline
              className="min-h-0 min-w-0 flex-1 object-contain p-6"
            />
          ) : medium === "audio" ? (
            <SoundStage key={id} id={id} name={nameOf(index)} />
          ) : (
            <Stage
              picture={{ id, name: nameOf(index) }}
              other={other && compare !== null ? { id: other.artifact, name: nameOf(compare) } : null}
              size={size}
              look={look}
              frameRef={frameRef}
              onLoaded={(which, natural) => setLoaded((sizes) => ({ ...sizes, [which]: natural }))}
            />
          )}
          {showsInfo && <LightboxInfo image={image} size={known} />}
        </div>
      </div>
    </Dialog>
  );
}

function sizeIn(image: LightboxImage | undefined): Size | null {
  const { width, height } = image?.summary ?? {};
  return width && height ? { width, height } : null;
}
