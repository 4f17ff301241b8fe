/** What is downloaded from the hub, by the server or its worker, and stopping it. */
import { create } from "zustand";
import { api, ApiError, unwrap } from "@/api/client";
import type { DownloadProgress } from "@/api/types";

/** ms; what is here sooner is not worth a word at the nodes that wait for it. */
const LONG = 400;
const NONE: ReadonlySet<string> = new Set();

interface Downloads {
  readonly byRepo: Readonly<Record<string, DownloadProgress>>;
  /** The repos whose download has been running for a while. */
  readonly long: ReadonlySet<string>;
}

const useStore = create<Downloads>(() => ({ byRepo: {}, long: NONE }));
const timers = new Map<string, ReturnType<typeof setTimeout>>();

export function setDownload(progress: DownloadProgress): void {
  const { repo, state } = progress;
  useStore.setState(({ byRepo }) => ({ byRepo: { ...byRepo, [repo]: progress } }));
  if (state !== "running") {
    clearTimeout(timers.get(repo));
    timers.delete(repo);
    setLong(repo, false);
  } else if (!timers.has(repo)) {
    timers.set(
      repo,
      setTimeout(() => setLong(repo, true), LONG),
    );
  }
}

function setLong(repo: string, isLong: boolean): void {
  useStore.setState(({ long }) => {
    if (long.has(repo) === isLong) return {};
    return { long: new Set(isLong ? [...long, repo] : [...long].filter((other) => other !== repo)) };
  });
}

/** The downloads of this session, by repo. */
export function useDownloads(): Readonly<Record<string, DownloadProgress>> {
  return useStore((state) => state.byRepo);
}

/** The download of one repo, if there is or was one. */
export function useDownload(repo: string): DownloadProgress | undefined {
  return useStore((state) => state.byRepo[repo]);
}

/** The repos whose download people notice; the same object as long as those are the same. */
export function useLongDownloads(): ReadonlySet<string> {
  return useStore((state) => state.long);
}

/** Ends the downloads of a repo: what waits for them fails, and says so. Offline there is nothing to say. */
export async function stopDownload(repo: string): Promise<void> {
  try {
    await unwrap(api.DELETE("/api/models/download", { params: { query: { repo } } }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}
