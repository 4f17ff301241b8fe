/** One upload at a time, with how far it is; failures become toasts. */
import { useEffect, useState } from "react";
import { ApiError, isAbort } from "@/api/client";
import { toast } from "@/store/toasts";
import { upload } from "./upload";

interface Running {
  /** 0 to 1. */
  readonly share: number;
  readonly stop: AbortController;
}

export function useUpload(onDone: (id: string) => void) {
  const [running, setRunning] = useState<Running | null>(null);
  const stop = running?.stop;
  useEffect(() => () => stop?.abort(), [stop]);

  const start = async (file: Blob): Promise<void> => {
    const own = new AbortController();
    setRunning({ share: 0, stop: own });
    try {
      const { id } = await upload(file, {
        signal: own.signal,
        onProgress: (share) => setRunning((now) => (now?.stop === own ? { ...now, share } : now)),
      });
      onDone(id);
    } catch (error) {
      if (!isAbort(error)) report(error);
    } finally {
      setRunning((now) => (now?.stop === own ? null : now));
    }
  };

  return { share: running?.share ?? null, start, cancel: () => stop?.abort() };
}

function report(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
  const { message, remedy = "", details = "" } = error.problem;
  toast({ kind: "error", title: message, ...(remedy && { text: remedy }), ...(details && { details }) });
}
