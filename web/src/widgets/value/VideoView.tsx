/** A video; moving the pointer over it while it stands still scrubs through it. */
import { useRef, type PointerEvent } from "react";
import { text } from "@/strings";

export function VideoView({ address }: { address: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const scrub = (event: PointerEvent<HTMLDivElement>) => {
    const player = video.current;
    const box = event.currentTarget.getBoundingClientRect();
    if (!player || !Number.isFinite(player.duration) || !player.paused) return;
    player.currentTime = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * player.duration;
  };
  return (
    <div className="overflow-hidden rounded-control bg-sunken nodrag nopan" onPointerMove={scrub}>
      <video
        ref={video}
        src={address}
        controls
        loop
        muted
        playsInline
        preload="metadata"
        aria-label={text.widgets.value.video}
        className="block max-h-96 w-full"
      />
    </div>
  );
}
