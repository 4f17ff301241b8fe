/** One saved workflow in the list, with what can be done to it. */
import { Copy, Ellipsis, FilePen, History, Trash2 } from "lucide-react";
import type { SavedGraph } from "@/api/types";
import { text } from "@/strings";
import { useEditor } from "@/store/editor";
import { openSaved } from "@/store/open";
import { openDialog } from "@/store/ui";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { Menu, type MenuItem } from "@/ui/Menu";
import { when } from "@/ui/format";
import { deleteGraph, duplicateGraph, renameGraph } from "./graphActions";
import { NameField } from "./NameField";
import { reportError } from "./reportError";

const words = text.shell.workflows;

export interface WorkflowRowProps {
  graph: SavedGraph;
  renaming: boolean;
  onRename: (id: string | null) => void;
  onChanged: () => void;
}

export function WorkflowRow({ graph, renaming, onRename, onChanged }: WorkflowRowProps) {
  const open = useEditor(({ tabs }) => tabs.some(({ saved }) => saved?.id === graph.id));
  const attempt = (what: string, action: Promise<void>) => {
    action.then(onChanged, (error: unknown) => reportError(what, error));
  };
  const rename = (name: string | null) => {
    onRename(null);
    if (name !== null && name !== graph.name) attempt(words.renameFailed, renameGraph(graph, name));
  };
  const items: readonly MenuItem[] = [
    // After the menu has given the focus back to its button, which would end the editing at once.
    { label: words.rename, icon: FilePen, onSelect: () => setTimeout(() => onRename(graph.id), 0) },
    {
      label: words.duplicate,
      icon: Copy,
      onSelect: () => attempt(words.duplicateFailed, duplicateGraph(graph)),
    },
    { label: words.history, icon: History, onSelect: () => openDialog({ kind: "history", graph: graph.id }) },
    "separator",
    {
      label: words.delete,
      icon: Trash2,
      danger: true,
      onSelect: () => attempt(words.deleteFailed, deleteGraph(graph, onChanged)),
    },
  ];
  if (renaming) return <NameField value={graph.name} label={words.newName} className="mt-2" onDone={rename} />;
  return (
    <div className="group flex h-full items-center gap-1 rounded-control pr-1 hover:bg-sunken">
      <button
        type="button"
        className="flex h-full min-w-0 flex-1 flex-col justify-center rounded-control px-2 text-left"
        onClick={() => void openSaved(graph.id)}
        onDoubleClick={() => onRename(graph.id)}
      >
        <span className={cx("w-full truncate text-sm text-strong", open && "font-semibold")}>{graph.name}</span>
        <span className="w-full truncate text-xs text-muted tabular-nums">
          {when(graph.updated)}
          {open && ` · ${words.isOpen}`}
        </span>
      </button>
      <Menu
        align="end"
        trigger={<IconButton size="sm" label={words.more(graph.name)} icon={Ellipsis} />}
        items={items}
      />
    </div>
  );
}
