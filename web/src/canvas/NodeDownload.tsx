/** What a node waits for: how far the download of its repo is, of which file, and the way to stop it. */
import { CloudDownload, X } from "lucide-react";
import { stopDownload, useDownload } from "@/store/downloads";
import { text } from "@/strings";
import { bytes } from "@/ui/format";
import { IconButton } from "@/ui/IconButton";

const words = text.widgets.repo;

export function NodeDownload({ repo, place }: { repo: string; place: { y: number; height: number } }) {
  const { done = 0, total = 0, file = "" } = useDownload(repo) ?? {};
  const known = total > 0;
  const part = known ? Math.min(1, done / total) : 0;
  const percent = Math.round(part * 100);
  return (
    <div className="node-download" style={{ top: place.y, height: place.height }}>
      <CloudDownload size={14} aria-hidden className="mt-px shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="truncate tabular-nums">
          {known ? words.share(words.progress(bytes(done), bytes(total)), percent) : words.waiting}
        </p>
        <p className="truncate text-muted" title={file === "" ? repo : words.fileOf(file, repo)}>
          {file === "" ? repo : file}
        </p>
      </div>
      <IconButton
        className="nodrag"
        size="sm"
        icon={X}
        label={words.stop(repo)}
        onClick={() => void stopDownload(repo)}
      />
      <div
        className="node-download-bar"
        role="progressbar"
        aria-label={words.downloading(repo)}
        {...(known && { "aria-valuenow": percent, "aria-valuemin": 0, "aria-valuemax": 100 })}
      >
        <div style={{ transform: `scaleX(${part})` }} />
      </div>
    </div>
  );
}
