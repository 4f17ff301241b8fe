/** Which newer commits there are of the repos that a graph is pinned to, and taking them. */
import { ArrowRight, CircleCheck } from "lucide-react";
import type { Approval } from "@/api/blocks";
import { LoadFailed } from "@/panels/results/LoadFailed";
import { splitRepo } from "@/graph/blocks";
import { setLock } from "@/graph/commands";
import { pinChanges, pins, type PinChange } from "@/graph/lock";
import { dispatch, useTab } from "@/store/editor";
import { closeDialog, openDialog } from "@/store/ui";
import { text } from "@/strings";
import { blocks } from "@/strings/blocks";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { EmptyState } from "@/ui/EmptyState";
import { Skeleton } from "@/ui/Skeleton";
import { useNewestLock, useTrust } from "./queries";

const words = blocks.update;
const SHORT = 8;
/** Of an approved folder on this machine: whatever its content. */
const ANY_COMMIT = "*";
const COMMIT = /^[0-9a-f]{40}$/;

/** A branch or a tag as it is; a commit by its beginning. */
const shortRevision = (revision: string) => (COMMIT.test(revision) ? revision.slice(0, SHORT) : revision);

export function UpdateDialog() {
  const now = useTab((tab) => tab.doc.lock);
  const { data: newest, error, refetch } = useNewestLock();
  const changes = newest === undefined ? [] : pinChanges(now, newest);
  const take = () => {
    closeDialog();
    if (newest !== undefined) dispatch(setLock(newest));
  };
  const footer = (
    <>
      <Button onClick={closeDialog}>{text.common.cancel}</Button>
      <Button variant="primary" onClick={take}>
        {words.update(changes.length)}
      </Button>
    </>
  );
  return (
    <Dialog
      open
      title={words.title}
      description={words.description}
      onOpenChange={closeDialog}
      {...(changes.length > 0 && { footer })}
    >
      {newest === undefined ? (
        error ? (
          <LoadFailed title={words.failed} error={error} onRetry={() => void refetch()} />
        ) : (
          <div role="status">
            <p className="mb-2 text-xs text-muted">{words.asking}</p>
            <Skeleton className="h-24" />
          </div>
        )
      ) : changes.length === 0 ? (
        <EmptyState icon={CircleCheck} title={words.none} text={words.noneText(pins(now).size)} />
      ) : (
        <Changes changes={changes} pinned={pins(now).size} />
      )}
    </Dialog>
  );
}

function Changes({ changes, pinned }: { changes: readonly PinChange[]; pinned: number }) {
  const { data: trust } = useTrust();
  const approved = (name: string) => trust?.approvals.filter(({ repo }) => repo === splitRepo(name).repo) ?? [];
  const same = pinned - changes.filter(({ before }) => before !== null).length;
  return (
    <>
      <ul className="flex flex-col">
        {changes.map((change) => (
          <Change key={change.repo} change={change} approvals={approved(change.repo)} />
        ))}
      </ul>
      {same > 0 && <p className="mt-3 text-xs text-muted">{words.same(same)}</p>}
    </>
  );
}

/** `approvals` are those of the repo: it brings code if there are any. */
function Change({ change, approvals }: { change: PinChange; approvals: readonly Approval[] }) {
  const { repo: named, before, after } = change;
  const { repo, revision } = splitRepo(named);
  const isApproved = approvals.some(({ commit }) => commit === after || commit === ANY_COMMIT);
  return (
    <li className="flex min-h-10 items-center gap-3 border-t border-line py-1.5 first:border-t-0">
      <span className="min-w-0 flex-1 text-sm text-strong [overflow-wrap:anywhere]" title={named}>
        {repo}
        {revision !== null && <span className="text-muted">@{shortRevision(revision)}</span>}
      </span>
      <span className="flex shrink-0 items-center gap-2 font-mono text-xs text-muted">
        {before === null ? (
          <Badge tone="info">{words.fresh}</Badge>
        ) : (
          <code title={before}>{before.slice(0, SHORT)}</code>
        )}
        <ArrowRight size={12} aria-hidden />
        {after === null ? (
          <Badge>{words.unused}</Badge>
        ) : (
          <code className="text-body" title={after}>
            {after.slice(0, SHORT)}
          </code>
        )}
      </span>
      {approvals.length > 0 && after !== null && (
        <>
          <Badge tone={isApproved ? "success" : "warning"}>{isApproved ? words.approved : words.unread}</Badge>
          <Button
            size="sm"
            aria-label={words.changesOf(named)}
            onClick={() => openDialog({ kind: "review", repo, revision: after, then: "update" })}
          >
            {words.changes}
          </Button>
        </>
      )}
    </li>
  );
}
