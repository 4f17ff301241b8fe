/** What changed in a file: its lines before and after, with the numbers of both. */
import { useMemo } from "react";
import { readUnified } from "@/graph/unified";
import { blocks } from "@/strings/blocks";
import "./code.css";

const MARKS = { same: " ", added: "+", removed: "−", gap: "" };

export function DiffView({ unified, label }: { unified: string; label: string }) {
  const lines = useMemo(() => readUnified(unified), [unified]);
  return (
    <div role="region" aria-label={label} tabIndex={0} className="code">
      <pre>
        {lines.map((line, index) => (
          <div key={index} className="code-line" data-change={line.kind}>
            <span className="code-number" aria-hidden data-number={line.before ?? ""} />
            <span className="code-number" aria-hidden data-number={line.after ?? ""} />
            <span className="code-mark" aria-hidden>
              {MARKS[line.kind]}
            </span>
            {line.kind === "added" && <span className="sr-only">{blocks.review.status.added}: </span>}
            {line.kind === "removed" && <span className="sr-only">{blocks.review.status.removed}: </span>}
            <code>{line.kind === "gap" ? "…" : line.text}</code>
          </div>
        ))}
      </pre>
    </div>
  );
}
