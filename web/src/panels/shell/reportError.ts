/** Tells in a toast what could not be done, and why. */
import { ApiError } from "@/api/client";
import { DocumentError } from "@/graph/document";
import { toast } from "@/store/toasts";

export function reportError(title: string, error: unknown): void {
  if (error instanceof ApiError) {
    const { message, remedy = "", details = "" } = error.problem;
    toast({
      kind: "error",
      title,
      text: remedy === "" ? message : `${message} ${remedy}`,
      ...(details && { details }),
    });
  } else {
    const known = error instanceof DocumentError;
    toast({ kind: "error", title, ...(known ? { text: error.message } : { details: String(error) }) });
  }
}
