/** Tells the other windows of this browser that a graph was saved. */
import { isRecord } from "@/api/client";

interface Announcement {
  readonly graph: string;
  readonly revision: number;
}

const CHANNEL = "blockloom.graphs";
const listeners = new Set<(announcement: Announcement) => void>();

/** Tells this window's listeners and all others. */
export function announce(announcement: Announcement): void {
  for (const listener of listeners) listener(announcement);
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(announcement);
  channel.close();
}

/** Hears what any window saved, this one included. */
export function onAnnounced(listener: (announcement: Announcement) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isAnnouncement(data)) listener(data);
  };
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    channel.close();
  };
}

function isAnnouncement(value: unknown): value is Announcement {
  return isRecord(value) && typeof value["graph"] === "string" && typeof value["revision"] === "number";
}
