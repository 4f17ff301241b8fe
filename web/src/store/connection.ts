/** Whether the server is in reach, and what its worker is doing. */
import { create } from "zustand";
import type { SocketState } from "@/api/socket";
import type { WorkerChanged } from "@/api/types";

interface Connection {
  readonly state: SocketState;
  readonly worker: WorkerChanged | undefined;
}

const useStore = create<Connection>(() => ({ state: "connecting", worker: undefined }));

/** "lost" stays while it tries again, so that the banner does not flicker. */
export function setConnection(state: SocketState): void {
  if (state === "connecting" && useStore.getState().state === "lost") return;
  useStore.setState({ state });
}

export function setWorker(worker: WorkerChanged): void {
  useStore.setState({ worker });
}

export function useConnection(): SocketState {
  return useStore((state) => state.state);
}

export function useWorker(): WorkerChanged | undefined {
  return useStore((state) => state.worker);
}

/** Calls `listener` each time the connection stands again. */
export function onConnected(listener: () => void): () => void {
  return useStore.subscribe((now, before) => {
    if (now.state === "open" && before.state !== "open") listener();
  });
}
