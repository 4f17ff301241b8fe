/** The websocket to the server: connects again by itself, and tells events and previews apart. */
import { isRecord } from "@/api/client";
import type { PreviewHeader, ServerEvent } from "@/api/types";

export interface Preview {
  readonly header: PreviewHeader;
  readonly picture: Blob;
}

export type SocketState = "connecting" | "open" | "lost";

export interface SocketListener {
  readonly onState: (state: SocketState) => void;
  readonly onEvents: (events: readonly ServerEvent[]) => void;
  readonly onPreview: (preview: Preview) => void;
}

/** Milliseconds until the next attempt: doubled each time. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 8000;

/** One connection that is kept up until `close`. After each loss it waits longer, unless the browser says it is online. */
export class Socket {
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wait = FIRST_WAIT;
  #closed = false;
  readonly #url: string;
  readonly #listener: SocketListener;

  constructor(url: string, listener: SocketListener) {
    this.#url = url;
    this.#listener = listener;
    window.addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    window.removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
    this.#socket?.close();
    this.#socket = null;
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#listener.onState("connecting");
    socket.binaryType = "arraybuffer";
    // A socket that was replaced may still speak; nobody listens to it.
    const current = () => this.#socket === socket;
    socket.onopen = () => {
      if (!current()) return;
      this.#wait = FIRST_WAIT;
      this.#listener.onState("open");
    };
    socket.onmessage = (message: MessageEvent<unknown>) => {
      if (current()) this.#receive(message.data);
    };
    socket.onclose = () => {
      if (current()) this.#lost();
    };
  }

  #lost(): void {
    this.#socket = null;
    if (this.#closed) return;
    this.#listener.onState("lost");
    this.#timer = setTimeout(() => this.#connect(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  readonly #hurry = (): void => {
    if (this.#socket !== null || this.#closed || document.visibilityState === "hidden") return;
    clearTimeout(this.#timer);
    this.#wait = FIRST_WAIT;
    this.#connect();
  };

  #receive(data: unknown): void {
    if (typeof data === "string") {
      this.#listener.onEvents(parseEvents(data));
    } else if (data instanceof ArrayBuffer) {
      const preview = parsePreview(data);
      if (preview !== null) this.#listener.onPreview(preview);
    }
  }
}

export function socketUrl(location: Location): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/ws`;
}

/** The events of a text frame. Kinds that this canvas does not know yet are left out. */
export function parseEvents(text: string): readonly ServerEvent[] {
  const list: unknown = JSON.parse(text);
  return Array.isArray(list) ? list.filter(isEvent) : [];
}

/** The preview in a binary frame: 4 bytes big-endian length, JSON header, picture. Null if it is none. */
export function parsePreview(frame: ArrayBuffer): Preview | null {
  if (frame.byteLength < 4) return null;
  const end = 4 + new DataView(frame).getUint32(0);
  if (end > frame.byteLength) return null;
  const header = headerOf(new TextDecoder().decode(new Uint8Array(frame, 4, end - 4)));
  return header && { header, picture: new Blob([new Uint8Array(frame, end)], { type: header.mime }) };
}

function headerOf(text: string): PreviewHeader | null {
  try {
    const header: unknown = JSON.parse(text);
    return isHeader(header) ? header : null;
  } catch {
    return null;
  }
}

function isHeader(value: unknown): value is PreviewHeader {
  return isRecord(value) && ["run", "node", "mime"].every((key) => typeof value[key] === "string") && "step" in value;
}

const KINDS: Record<ServerEvent["kind"], true> = {
  run_queued: true,
  run_started: true,
  node_started: true,
  node_progress: true,
  node_log: true,
  node_finished: true,
  node_failed: true,
  node_skipped: true,
  run_finished: true,
  worker_changed: true,
  download_progress: true,
  catalogue_changed: true,
  queue_changed: true,
};

function isEvent(value: unknown): value is ServerEvent {
  return isRecord(value) && typeof value["kind"] === "string" && Object.hasOwn(KINDS, value["kind"]);
}
