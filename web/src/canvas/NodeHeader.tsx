/** The top line of a node: its colour, title, state and menu. */
import {
  Ban,
  Check,
  CircleSlash,
  Clock,
  Hourglass,
  LoaderCircle,
  MoreHorizontal,
  ChevronsRight,
  RotateCcw,
  TriangleAlert,
  type LucideIcon,
} from "lucide-react";
import { memo, useEffect, useRef, useState } from "react";
import { renameNode } from "@/graph/commands";
import type { GraphNode } from "@/graph/types";
import { dispatch } from "@/store/editor";
import { useNodeRun } from "@/store/runs";
import { text } from "@/strings";
import { onRename } from "./renaming";
import { duration } from "@/ui/format";
import type { NodeState } from "./useNodeState";

const ICONS: Readonly<Record<NodeState, LucideIcon | null>> = {
  idle: null,
  queued: Clock,
  running: LoaderCircle,
  cached: RotateCcw,
  succeeded: Check,
  unneeded: ChevronsRight,
  failed: TriangleAlert,
  skipped: CircleSlash,
  cancelled: Ban,
};

interface NodeHeaderProps {
  node: GraphNode;
  title: string;
  state: NodeState;
  simple: boolean;
  /** Its ports are being found out. */
  pending: boolean;
}

export const NodeHeader = memo(function NodeHeader({ node, title, state, simple, pending }: NodeHeaderProps) {
  const [renaming, setRenaming] = useState(false);
  useEffect(() => onRename(node.id, () => setRenaming(true)), [node.id]);
  const Icon = ICONS[state];
  return (
    <header className="node-header" onDoubleClick={() => setRenaming(true)}>
      {renaming && !simple ? (
        <TitleInput
          title={title}
          onDone={(next) => {
            setRenaming(false);
            if (next !== null && next !== title) dispatch(renameNode(node.id, next));
          }}
        />
      ) : (
        <span className="node-title truncate">{title}</span>
      )}
      {!simple && (
        <span className="ml-auto flex shrink-0 items-center gap-1">
          {node.mode !== undefined && (
            <span className="text-xs text-muted">
              {node.mode === "bypassed" ? text.canvas.bypassed : text.canvas.muted}
            </span>
          )}
          {state === "running" && <StepText id={node.id} />}
          {pending && (
            <span title={text.canvas.pending}>
              <Hourglass size={14} className="text-muted" aria-label={text.canvas.pending} />
            </span>
          )}
          {Icon && <Icon size={14} className="node-state" aria-hidden />}
          <MenuButton title={title} />
        </span>
      )}
    </header>
  );
});

function StepText({ id }: { id: string }) {
  const run = useNodeRun(id);
  if (run === undefined || run.total < 2) return null;
  const { step, total, remaining } = run;
  return (
    <span className="text-xs whitespace-nowrap text-muted">
      {text.canvas.steps(step, total)}
      {remaining !== null && remaining >= 1 && ` · ${text.canvas.left(duration(Math.ceil(remaining)))}`}
    </span>
  );
}

/** Opens the same menu as a right click on the node. */
function MenuButton({ title }: { title: string }) {
  return (
    <button
      type="button"
      className="node-menu nodrag"
      aria-label={text.canvas.nodeMenu(title)}
      aria-haspopup="menu"
      onDoubleClick={(event) => event.stopPropagation()}
      onClick={(event) => {
        const { left, bottom } = event.currentTarget.getBoundingClientRect();
        const place = { clientX: left, clientY: bottom + 2, bubbles: true, cancelable: true };
        event.currentTarget.dispatchEvent(new MouseEvent("contextmenu", place));
      }}
    >
      <MoreHorizontal size={14} aria-hidden />
    </button>
  );
}

/** Calls `onDone` with the new title, or null if nothing is to change. An empty title brings back the usual one. */
function TitleInput({ title, onDone }: { title: string; onDone: (title: string | null) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const left = useRef(false);
  useEffect(() => input.current?.select(), []);
  const leave = (next: string | null) => {
    if (left.current) return;
    left.current = true;
    onDone(next);
  };
  return (
    <input
      ref={input}
      className="node-title nodrag nokey -mx-1 min-w-0 flex-1 rounded bg-sunken px-1 outline-none"
      aria-label={text.canvas.renameNode}
      defaultValue={title}
      autoFocus
      onBlur={(event) => leave(event.currentTarget.value.trim())}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") leave(event.currentTarget.value.trim());
        if (event.key === "Escape") leave(null);
      }}
    />
  );
}
