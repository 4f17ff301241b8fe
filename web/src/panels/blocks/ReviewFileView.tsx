/** The right side of a review: one file, as it is or as it changed. */
import { FileX } from "lucide-react";
import { useState } from "react";
import type { FileChange, ReviewFile } from "@/api/blocks";
import { blocks } from "@/strings/blocks";
import { cx } from "@/ui/cx";
import { bytes } from "@/ui/format";
import { CopyButton } from "@/ui/CopyButton";
import { EmptyState } from "@/ui/EmptyState";
import { CodeView } from "./CodeView";
import { DiffView } from "./DiffView";

const words = blocks.review;

interface ReviewFileViewProps {
  path: string;
  file: ReviewFile | null;
  change: FileChange | null;
  /** Whether there is an approved commit to compare with. */
  compared: boolean;
}

export function ReviewFileView({ path, file, change, compared }: ReviewFileViewProps) {
  const [view, setView] = useState<"changes" | "code">(change === null ? "code" : "changes");
  const source = file?.text ?? null;
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <div className="flex h-9 shrink-0 items-center gap-3 border-b border-line px-3">
        <p className="min-w-0 truncate font-mono text-xs text-body">{path}</p>
        {file && <span className="shrink-0 text-xs text-muted">{bytes(file.size)}</span>}
        {compared && change === null && <span className="truncate text-xs text-muted">{words.unchanged}</span>}
        <span className="ml-auto flex shrink-0 items-center gap-1">
          {change !== null && file !== null && <Switcher view={view} onChange={setView} />}
          {source !== null && <CopyButton compact value={source} />}
        </span>
      </div>
      <div className="min-h-0 flex-1">
        {change !== null && (view === "changes" || file === null) ? (
          <DiffView unified={change.unified} label={path} />
        ) : source !== null ? (
          <CodeView text={source} language={file?.language ?? ""} label={path} />
        ) : (
          <EmptyState icon={FileX} title={path || words.noFiles} {...(path !== "" && { text: words.noText })} />
        )}
      </div>
    </div>
  );
}

function Switcher({ view, onChange }: { view: "changes" | "code"; onChange: (view: "changes" | "code") => void }) {
  return (
    <div role="group" aria-label={words.view} className="flex rounded-control border border-line p-px">
      {(["changes", "code"] as const).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={view === each}
          onClick={() => onChange(each)}
          className={cx(
            "h-5 rounded px-2 text-xs",
            view === each ? "bg-sunken font-medium text-strong" : "text-muted hover:text-strong",
          )}
        >
          {words[each]}
        </button>
      ))}
    </div>
  );
}
