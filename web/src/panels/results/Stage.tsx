/** Where the lightbox shows a picture, or two over each other with a divider, or plays a sound. */
import { AudioLines, ImageOff, VolumeOff, type LucideIcon } from "lucide-react";
import { useState, type RefCallback } from "react";
import { artifactUrl } from "@/api/client";
import type { Size } from "@/graph/types";
import { text } from "@/strings";
import { EmptyState } from "@/ui/EmptyState";
import { CompareDivider } from "./CompareDivider";
import { fromCentre, usePointers } from "./usePointers";
import type { Look } from "./useView";
import { cut } from "./view";

interface Picture {
  readonly id: string;
  readonly name: string;
}

interface Props {
  picture: Picture;
  /** Lies over the right side while comparing. */
  other: Picture | null;
  size: Size;
  look: Look;
  frameRef: RefCallback<HTMLElement>;
  onLoaded: (id: string, size: Size) => void;
}

export function Stage({ picture, other, size, look, frameRef, onLoaded }: Props) {
  const [part, setPart] = useState(0.5);
  const [broken, setBroken] = useState<string | null>(null);
  const { wheelRef, handlers } = usePointers(look);
  const { view } = look;
  const box = {
    width: size.width,
    height: size.height,
    transform: `translate(calc(-50% + ${view.x}px), calc(-50% + ${view.y}px)) scale(${view.scale})`,
    imageRendering: view.scale >= 2 ? ("pixelated" as const) : ("auto" as const),
  };
  if (broken === picture.id) {
    return <Broken icon={ImageOff} />;
  }
  return (
    <div ref={frameRef} className="relative min-h-0 min-w-0 flex-1">
      <div
        ref={wheelRef}
        className="absolute inset-0 cursor-grab touch-none overflow-hidden select-none active:cursor-grabbing"
        onDoubleClick={(event) => look.toggle(fromCentre(event.currentTarget, event))}
        {...handlers}
      >
        <img
          key={picture.id}
          src={artifactUrl(picture.id)}
          alt={picture.name}
          draggable={false}
          className="absolute top-1/2 left-1/2 max-w-none"
          style={box}
          onLoad={(event) =>
            onLoaded(picture.id, { width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight })
          }
          onError={() => setBroken(picture.id)}
        />
        {other && (
          <img
            key={`over ${other.id}`}
            src={artifactUrl(other.id)}
            alt={other.name}
            draggable={false}
            className="absolute top-1/2 left-1/2 max-w-none"
            style={{ ...box, clipPath: cut(part) }}
          />
        )}
        {other && <CompareDivider part={part} onChange={setPart} view={view} picture={size} />}
      </div>
      {other && <Label side="left">{picture.name}</Label>}
      {other && <Label side="right">{other.name}</Label>}
    </div>
  );
}

export function SoundStage({ id, name }: Picture) {
  const [broken, setBroken] = useState(false);
  if (broken) return <Broken icon={VolumeOff} />;
  return (
    <div className="flex min-w-0 flex-1 items-center justify-center p-6">
      <div className="flex w-full max-w-lg flex-col items-center gap-4 rounded-panel border border-line bg-surface p-6">
        <AudioLines size={48} strokeWidth={1.5} className="text-muted" aria-hidden />
        <audio
          // It begins to load before it is on the page, and may have failed by then.
          ref={(player) => void (player?.error && setBroken(true))}
          src={artifactUrl(id)}
          aria-label={name}
          controls
          autoPlay
          className="w-full"
          onError={() => setBroken(true)}
        />
      </div>
    </div>
  );
}

function Broken({ icon }: { icon: LucideIcon }) {
  return (
    <div className="flex flex-1 items-center justify-center">
      <EmptyState icon={icon} title={text.results.lightbox.failed} text={text.results.lightbox.failedText} />
    </div>
  );
}

function Label({ side, children }: { side: "left" | "right"; children: string }) {
  return (
    <span
      className={`pointer-events-none absolute bottom-3 max-w-[40%] truncate rounded-control bg-surface/90 px-2 py-1 text-xs text-body ${side === "left" ? "left-3" : "right-3"}`}
    >
      {children}
    </span>
  );
}
