/** A video; moving the pointer over it while it stands still scrubs through it. */
import { useRef, type PointerEvent } from "react";
import { text } from "@/strings";
import { cx } from "@/ui/cx";

interface Props {
  address: string;
  /** A picture that is shown until the video is there. */
  poster?: string;
  className?: string;
}

export function VideoView({ address, poster, className = "max-h-96 rounded-control" }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const scrub = (event: PointerEvent<HTMLDivElement>) => {
    const player = video.current;
    const box = event.currentTarget.getBoundingClientRect();
    if (!player || !Number.isFinite(player.duration) || !player.paused) return;
    player.currentTime = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * player.duration;
  };
  return (
    <div className={cx("flex overflow-hidden bg-sunken nodrag nopan", className)} onPointerMove={scrub}>
      <video
        ref={video}
        src={address}
        poster={poster}
        controls
        loop
        muted
        playsInline
        preload="metadata"
        aria-label={text.widgets.value.video}
        className="block min-h-0 w-full object-contain"
      />
    </div>
  );
}
