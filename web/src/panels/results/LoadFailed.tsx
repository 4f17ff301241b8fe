/** A list that could not be loaded: why, and trying again. */
import { ApiError } from "@/api/client";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { ProblemView } from "@/ui/ProblemView";

export function LoadFailed({ title, error, onRetry }: { title: string; error: Error; onRetry: () => void }) {
  const problem = error instanceof ApiError ? error.problem : { message: title, details: error.message };
  return (
    <div role="alert" className="flex flex-col items-start gap-3 p-3">
      <ProblemView problem={problem} />
      <Button size="sm" onClick={onRetry}>
        {text.common.retry}
      </Button>
    </div>
  );
}
