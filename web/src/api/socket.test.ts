import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseEvents, parsePreview, Socket, type SocketState } from "@/api/socket";

/** A socket whose other end is the test. */
class FakeWebSocket {
  static made: FakeWebSocket[] = [];
  onopen = () => {};
  onclose = () => {};
  onmessage: (message: { data: unknown }) => void = () => {};
  close = vi.fn();
  constructor(readonly url: string) {
    FakeWebSocket.made.push(this);
  }
}

let states: SocketState[] = [];
const last = () => FakeWebSocket.made.at(-1);
let socket: Socket;
const events = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeWebSocket);
  FakeWebSocket.made = [];
  states = [];
  socket = new Socket("ws://x/api/ws", {
    onState: (state) => states.push(state),
    onEvents: events,
    onPreview: () => {},
  });
});
afterEach(() => {
  socket.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("it connects again, waiting longer each time", () => {
  last()?.onopen();
  last()?.onclose();
  for (const wait of [500, 1000, 2000, 4000, 8000, 8000]) {
    const before = FakeWebSocket.made.length;
    vi.advanceTimersByTime(wait - 1);
    expect(FakeWebSocket.made).toHaveLength(before);
    vi.advanceTimersByTime(1);
    expect(FakeWebSocket.made).toHaveLength(before + 1);
    last()?.onclose();
  }
  expect(states.slice(0, 4)).toEqual(["connecting", "open", "lost", "connecting"]);
});

test("it connects at once when the browser is online again", () => {
  last()?.onclose();
  window.dispatchEvent(new Event("online"));
  expect(FakeWebSocket.made).toHaveLength(2);
  vi.advanceTimersByTime(60_000);
  expect(FakeWebSocket.made).toHaveLength(2);
});

test("a closed socket stays closed", () => {
  socket.close();
  last()?.onclose();
  vi.advanceTimersByTime(60_000);
  expect(FakeWebSocket.made).toHaveLength(1);
});

test("events of unknown kinds are left out", () => {
  const known = { kind: "catalogue_changed", revision: 2 };
  expect(parseEvents(JSON.stringify([known, { kind: "news" }, 3]))).toEqual([known]);
});

function frame(header: string, picture: Uint8Array): ArrayBuffer {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(4 + text.length + picture.length);
  new DataView(bytes.buffer).setUint32(0, text.length);
  bytes.set(text, 4);
  bytes.set(picture, 4 + text.length);
  return bytes.buffer;
}

test("a preview is a length, a header and a picture", async () => {
  const header = { run: "r", node: "denoise", step: 3, mime: "image/jpeg" };
  const preview = parsePreview(frame(JSON.stringify(header), Uint8Array.of(1, 2, 3)));
  expect(preview?.header).toEqual(header);
  expect(preview?.picture.type).toBe("image/jpeg");
  expect(new Uint8Array(await (preview?.picture ?? new Blob()).arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
});

test.each([
  ["too short", new ArrayBuffer(3)],
  ["a length beyond its end", frame("{}", Uint8Array.of()).slice(0, 5)],
  ["no JSON", frame("{", Uint8Array.of())],
  ["a header without a node", frame('{"run": "r", "step": 1, "mime": "image/jpeg"}', Uint8Array.of())],
])("a frame that is %s is no preview", (_, bytes) => {
  expect(parsePreview(bytes)).toBeNull();
});
