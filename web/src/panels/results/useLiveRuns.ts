/** Keeps the loaded lists of runs up to date while runs come, start and end. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiError } from "@/api/client";
import { onConnected } from "@/store/connection";
import { watchRuns } from "@/store/records";
import { refreshRunPages } from "./queries";

/** Many runs that end at about the same time ask once. */
const PATIENCE_MS = 250;

export function useLiveRuns(): void {
  const client = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        // Out of reach, the lists stay as they are until the next connection.
        refreshRunPages(client).catch((error: unknown) => {
          if (!(error instanceof ApiError)) throw error;
        });
      }, PATIENCE_MS);
    };
    const stops = [watchRuns((run, before) => run.state !== before.state && refresh()), onConnected(refresh)];
    refresh();
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [client]);
}
