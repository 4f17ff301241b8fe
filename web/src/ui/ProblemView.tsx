/** A problem as a sentence with its remedy; the details fold out and can be copied. */
import { CircleAlert, TriangleAlert } from "lucide-react";
import { text } from "@/strings";
import { CopyButton } from "./CopyButton";
import { cx } from "./cx";
import { Disclosure } from "./Disclosure";

/** What is shown of a problem; the server's `Problem` fits. */
export interface ShownProblem {
  readonly message: string;
  readonly remedy?: string;
  readonly details?: string;
  readonly severity?: "error" | "warning";
}

export function ProblemView({ problem, compact = false }: { problem: ShownProblem; compact?: boolean }) {
  const warning = problem.severity === "warning";
  const Icon = warning ? TriangleAlert : CircleAlert;
  const { remedy = "", details = "" } = problem;
  return (
    <div className={cx("flex gap-2 text-left", compact ? "text-xs" : "text-sm")}>
      <Icon size={14} aria-hidden className={cx("mt-0.5 shrink-0", warning ? "text-warning" : "text-danger")} />
      <div className="min-w-0 flex-1">
        <p className="text-strong select-text [overflow-wrap:anywhere]">{problem.message}</p>
        {remedy !== "" && <p className="text-muted select-text [overflow-wrap:anywhere]">{remedy}</p>}
        {details !== "" && !compact && (
          <Details details={`${problem.message}\n${remedy}\n\n${details}`} shown={details} />
        )}
      </div>
    </div>
  );
}

function Details({ details, shown }: { details: string; shown: string }) {
  return (
    <Disclosure title={text.common.details} className="mt-1">
      <pre className="max-h-60 overflow-auto rounded-control bg-sunken p-2 font-mono text-xs whitespace-pre-wrap select-text [overflow-wrap:anywhere]">
        {shown}
      </pre>
      <CopyButton value={details} label={text.common.copyDetails} className="mt-1" />
    </Disclosure>
  );
}
