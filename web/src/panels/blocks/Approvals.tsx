/** The repos whose code may run here, each with the way to take that back. */
import { revoke, type Approval } from "@/api/blocks";
import { LoadFailed } from "@/panels/results/LoadFailed";
import { Section } from "@/panels/results/Section";
import { reportError } from "@/panels/shell/reportError";
import { toast } from "@/store/toasts";
import { text } from "@/strings";
import { blocks } from "@/strings/blocks";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { when } from "@/ui/format";
import { Skeleton } from "@/ui/Skeleton";
import { useForgetTrust, useTrust } from "./queries";

const words = blocks.approvals;
const SHORT = 8;

export function Approvals() {
  const { data: trust, error, refetch } = useTrust();
  return (
    <Section title={words.title}>
      {trust ? (
        <>
          {!trust.remote_code && <p className="mb-2 text-xs text-warning">{words.off}</p>}
          {trust.approvals.length === 0 && <p className="text-xs text-muted">{words.none}</p>}
          <ul className="flex flex-col gap-1">
            {trust.approvals.map((approval) => (
              <ApprovalRow key={`${approval.repo}@${approval.commit}`} approval={approval} />
            ))}
          </ul>
        </>
      ) : error ? (
        <LoadFailed title={words.failed} error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="h-8" />
      )}
    </Section>
  );
}

function ApprovalRow({ approval: { repo, commit, time, local } }: { approval: Approval }) {
  const forget = useForgetTrust();
  const short = local ? words.folder : commit.slice(0, SHORT);
  const take = async () => {
    try {
      await revoke(repo, commit);
      await forget();
      toast({ kind: "success", title: words.revoked(repo) });
    } catch (error) {
      reportError(text.canvas.blocks.failed.revoke, error);
    }
  };
  return (
    <li className="flex items-center gap-2">
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm text-strong" title={repo}>
          {repo}
        </p>
        <p className="flex items-center gap-2 text-xs text-muted">
          {local ? <Badge>{short}</Badge> : <code className="font-mono">{short}</code>}
          {when(time)}
        </p>
      </div>
      <Button size="sm" aria-label={words.revokeOf(repo, short)} onClick={() => void take()}>
        {words.revoke}
      </Button>
    </li>
  );
}
