/** The earlier versions of a saved workflow, to restore one or to look at it. */
import { useQueryClient } from "@tanstack/react-query";
import { History } from "lucide-react";
import { text } from "@/strings";
import { useEditor } from "@/store/editor";
import { toast } from "@/store/toasts";
import { closeDialog } from "@/store/ui";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { EmptyState } from "@/ui/EmptyState";
import { Skeleton } from "@/ui/Skeleton";
import { when } from "@/ui/format";
import { openRevision, restoreRevision } from "./graphActions";
import { reportError } from "./reportError";
import { useRevisions } from "./useGraphs";

const words = text.shell.history;

export function HistoryDialog({ graph }: { graph: string }) {
  const { data, isError } = useRevisions(graph);
  const open = useEditor(({ tabs }) => tabs.find(({ saved }) => saved?.id === graph)?.doc.name);
  const name = open ?? data?.[0]?.name;
  return (
    <Dialog
      open
      onOpenChange={closeDialog}
      title={words.title}
      {...(name !== undefined && { description: words.text(name) })}
    >
      {isError ? (
        <EmptyState icon={History} title={words.failed} />
      ) : data === undefined ? (
        <Skeleton className="h-40" />
      ) : (
        <ol className="flex flex-col">
          {data.map((version, index) => (
            <Version key={version.revision} graph={graph} version={version} current={index === 0} />
          ))}
        </ol>
      )}
    </Dialog>
  );
}

interface VersionProps {
  graph: string;
  version: { readonly revision: number; readonly name: string; readonly saved: number; readonly nodes: number };
  current: boolean;
}

function Version({ graph, version: { revision, name, saved, nodes }, current }: VersionProps) {
  const client = useQueryClient();
  const restore = async () => {
    try {
      await restoreRevision(graph, revision);
      await client.invalidateQueries({ queryKey: ["graphs"] });
      toast({ kind: "success", title: words.restored(revision) });
      closeDialog();
    } catch (error) {
      reportError(words.restoreFailed, error);
    }
  };
  const look = async () => {
    try {
      await openRevision(graph, revision);
      closeDialog();
    } catch (error) {
      reportError(words.openFailed, error);
    }
  };
  return (
    <li className="flex items-center gap-2 border-t border-line py-2 first:border-t-0">
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 text-sm font-medium text-strong">
          {words.version(revision)}
          {current && <Badge>{words.current}</Badge>}
        </p>
        <p className="truncate text-xs text-muted tabular-nums">
          {when(saved)} · {text.shell.templates.nodes(nodes)} · {name}
        </p>
      </div>
      {!current && (
        <>
          <Button size="sm" variant="ghost" aria-label={words.openLabel(revision)} onClick={() => void look()}>
            {words.open}
          </Button>
          <Button size="sm" aria-label={words.restoreLabel(revision)} onClick={() => void restore()}>
            {words.restore}
          </Button>
        </>
      )}
    </li>
  );
}
