/** The code of a repo, read before it may run: its files, what changed, what it needs; and the approval. */
import { useState } from "react";
import { approve, type BlockReview } from "@/api/blocks";
import type { DownloadProgress } from "@/api/types";
import { LoadFailed } from "@/panels/results/LoadFailed";
import { reportError } from "@/panels/shell/reportError";
import { compileAgain } from "@/store/compile";
import { stopDownload, useDownload } from "@/store/downloads";
import { toast } from "@/store/toasts";
import { closeDialog, openDialog } from "@/store/ui";
import { text } from "@/strings";
import { blocks } from "@/strings/blocks";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Dialog } from "@/ui/Dialog";
import { bytes } from "@/ui/format";
import { Skeleton } from "@/ui/Skeleton";
import { useForgetTrust, useReview, useTrust } from "./queries";
import { ReviewFacts } from "./ReviewFacts";
import { ReviewFileView } from "./ReviewFileView";
import { firstFile } from "./reviewed";

const words = blocks.review;
const repoWords = text.widgets.repo;
/** A folder on this machine is approved whatever its content: it is meant to be changed. */
const ANY_COMMIT = "*";

export interface ReviewDialogProps {
  repo: string;
  revision: string | null;
  /** The dialog that this one was opened from, to go back to. */
  then?: "update";
}

export function ReviewDialog({ repo, revision, then }: ReviewDialogProps) {
  const leave = () => (then === undefined ? closeDialog() : openDialog({ kind: then }));
  const { data: review, error, refetch } = useReview(repo, revision);
  const { data: trust } = useTrust();
  const allowed = trust?.remote_code !== false;
  return (
    <Dialog
      open
      flush
      size="xl"
      title={words.title(repo)}
      onOpenChange={leave}
      footer={review && <Decision review={review} allowed={allowed} onLeave={leave} />}
    >
      {review ? (
        <Review review={review} allowed={allowed} />
      ) : error ? (
        <LoadFailed title={words.failed} error={error} onRetry={() => void refetch()} />
      ) : (
        <Reading repo={repo} />
      )}
    </Dialog>
  );
}

function Review({ review, allowed }: { review: BlockReview; allowed: boolean }) {
  const [chosen, setChosen] = useState(() => firstFile(review));
  const file = review.files.find(({ path }) => path === chosen) ?? null;
  const change = review.diff?.find(({ path }) => path === chosen) ?? null;
  return (
    <div className="flex h-full min-h-0 border-t border-line">
      <ReviewFacts review={review} allowed={allowed} chosen={chosen} onChoose={setChosen} />
      <ReviewFileView key={chosen} path={chosen} file={file} change={change} compared={review.diff !== null} />
    </div>
  );
}

interface DecisionProps {
  review: BlockReview;
  allowed: boolean;
  onLeave: () => void;
}

function Decision({ review, allowed, onLeave }: DecisionProps) {
  const [busy, setBusy] = useState(false);
  const forget = useForgetTrust();
  const { repo, commit, local, approved, origin } = review;
  const risk = origin === "unnamed" ? words.riskUnnamed : local ? words.riskLocal : words.risk;
  const accept = async () => {
    setBusy(true);
    try {
      await approve(repo, local ? ANY_COMMIT : commit);
      await forget();
      toast({ kind: "success", title: words.approved(repo) });
      onLeave();
      compileAgain({ retry: true });
    } catch (error) {
      reportError(text.canvas.blocks.failed.approve, error);
      setBusy(false);
    }
  };
  if (approved || !allowed) return <Button onClick={onLeave}>{text.common.close}</Button>;
  return (
    <>
      <p className={cx("mr-auto max-w-[60ch] text-xs", origin === "unnamed" ? "text-warning" : "text-muted")}>{risk}</p>
      <Button onClick={onLeave}>{text.common.cancel}</Button>
      <Button variant="primary" disabled={busy} onClick={() => void accept()}>
        {local ? words.approveLocal : words.approve}
      </Button>
    </>
  );
}

/** While it is downloaded and read. */
function Reading({ repo }: { repo: string }) {
  const download = useDownload(repo);
  const running = download?.state === "running" && download.total > 0 ? download : null;
  return (
    <div className="flex flex-col gap-3 px-4 pb-4">
      <p className="text-sm text-muted" role="status">
        {words.loading}
      </p>
      {running && <Downloading download={running} />}
      <Skeleton className="h-64" />
    </div>
  );
}

function Downloading({ download: { repo, done, total, file = "" } }: { download: DownloadProgress }) {
  const percent = Math.round((done / total) * 100);
  return (
    <div className="flex items-center gap-3">
      <div className="min-w-0 flex-1 text-xs">
        <p className="flex justify-between gap-3">
          <span className="truncate text-muted">{file}</span>
          <span className="shrink-0 text-body tabular-nums">{repoWords.progress(bytes(done), bytes(total))}</span>
        </p>
        <div
          role="progressbar"
          aria-label={repoWords.downloading(repo)}
          aria-valuenow={percent}
          className="mt-1 h-1 overflow-hidden rounded-full bg-line"
        >
          <div className="h-full bg-info" style={{ width: `${percent}%` }} />
        </div>
      </div>
      <Button size="sm" onClick={() => void stopDownload(repo)}>
        {words.stop}
      </Button>
    </div>
  );
}
