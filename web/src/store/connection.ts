/** Whether the server is in reach, and what its worker and its downloads are doing. */
import { create } from "zustand";
import type { SocketState } from "@/api/socket";
import type { DownloadProgress, WorkerChanged } from "@/api/types";

interface Connection {
  readonly state: SocketState;
  readonly worker: WorkerChanged | undefined;
  readonly downloads: Readonly<Record<string, DownloadProgress>>;
}

const useStore = create<Connection>(() => ({ state: "connecting", worker: undefined, downloads: {} }));

/** "lost" stays while it tries again, so that the banner does not flicker. */
export function setConnection(state: SocketState): void {
  if (state === "connecting" && useStore.getState().state === "lost") return;
  useStore.setState({ state });
}

export function setWorker(worker: WorkerChanged): void {
  useStore.setState({ worker });
}

export function setDownload(progress: DownloadProgress): void {
  useStore.setState(({ downloads }) => ({ downloads: { ...downloads, [progress.repo]: progress } }));
}

export function useConnection(): SocketState {
  return useStore((state) => state.state);
}

export function useWorker(): WorkerChanged | undefined {
  return useStore((state) => state.worker);
}

/** The downloads of this session, by repo. */
export function useDownloads(): Readonly<Record<string, DownloadProgress>> {
  return useStore((state) => state.downloads);
}

/** The download of one repo, if there is or was one. */
export function useDownload(repo: string): DownloadProgress | undefined {
  return useStore((state) => state.downloads[repo]);
}

/** Calls `listener` each time the connection stands again. */
export function onConnected(listener: () => void): () => void {
  return useStore.subscribe((now, before) => {
    if (now.state === "open" && before.state !== "open") listener();
  });
}
