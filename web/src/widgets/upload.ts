/** Uploads a file to the server and tells how far it is; `fetch` cannot tell that of a request's body. */
import { ApiError, isRecord, unwrap } from "@/api/client";
import type { ArtifactRef } from "@/api/types";

export interface UploadOptions {
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** The artifact that the file became. Rejects with ApiError, or with an AbortError when `signal` fires. */
export async function upload(file: Blob, { onProgress, signal }: UploadOptions = {}): Promise<ArtifactRef> {
  const { status, body } = await send(file, onProgress, signal);
  const response = new Response(null, { status });
  const answer: unknown = await unwrap(Promise.resolve({ response, data: body, error: body }));
  if (!isArtifact(answer))
    throw new ApiError({ code: "bad_answer", message: "The server did not say where the file is." });
  return answer;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function send(file: Blob, onProgress: UploadOptions["onProgress"], signal: AbortSignal | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/artifacts");
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total);
    request.onload = () => resolve({ status: request.status, body: parsed(request.responseText) });
    request.onerror = () =>
      reject(
        new ApiError({
          code: "offline",
          message: "The file could not be sent: the server cannot be reached.",
          remedy: "Check that it runs, then drop the file again.",
        }),
      );
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isArtifact(value: unknown): value is ArtifactRef {
  return isRecord(value) && typeof value["id"] === "string" && typeof value["mime"] === "string";
}
