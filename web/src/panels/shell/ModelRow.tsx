/** A model on this machine. It can be dragged onto the canvas, as a node that loads it. */
import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import type { LocalModel } from "@/api/types";
import { bytes } from "@/ui/format";
import { text } from "@/strings";
import { toast } from "@/store/toasts";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Dialog } from "@/ui/Dialog";
import { IconButton } from "@/ui/IconButton";
import { MODELS } from "@/widgets/useLocalModels";
import { deleteModel } from "./modelQueries";
import { dragNode } from "./nodeDrag";
import { reportError } from "./reportError";

const words = text.shell.models;

export function ModelRow({ model: { repo, size, source, pipeline = false } }: { model: LocalModel }) {
  const [asking, setAsking] = useState(false);
  const facts = [bytes(size), words.sources[source], ...(pipeline ? [] : [words.parts])];
  return (
    <li
      draggable={pipeline}
      title={pipeline ? words.use(repo) : undefined}
      className={cx(
        "flex items-center gap-1 rounded-control py-1 pr-0.5 pl-2 hover:bg-sunken",
        pipeline && "cursor-grab active:cursor-grabbing",
      )}
      onDragStart={(event) => dragNode(event, { type: "diffusion.pipeline", params: { repo } })}
    >
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm text-strong">{repo}</p>
        <p className="truncate text-xs text-muted tabular-nums">{facts.join(" · ")}</p>
      </div>
      {source === "cache" && (
        <IconButton size="sm" label={words.delete(repo)} icon={Trash2} onClick={() => setAsking(true)} />
      )}
      {asking && <ConfirmDelete repo={repo} size={size} onClose={() => setAsking(false)} />}
    </li>
  );
}

function ConfirmDelete({ repo, size, onClose }: { repo: string; size: number; onClose: () => void }) {
  const client = useQueryClient();
  const remove = async () => {
    onClose();
    try {
      const freed = await deleteModel(repo);
      toast({ kind: "success", title: words.deleted(repo, bytes(freed)) });
    } catch (error) {
      reportError(words.deleteFailed(repo), error);
    }
    await client.invalidateQueries({ queryKey: MODELS });
  };
  return (
    <Dialog
      open
      size="sm"
      onOpenChange={onClose}
      title={words.deleteTitle(repo)}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button variant="danger" onClick={() => void remove()}>
            {words.deleteButton}
          </Button>
        </>
      }
    >
      <p className="text-sm text-body">{words.deleteText(bytes(size))}</p>
    </Dialog>
  );
}
