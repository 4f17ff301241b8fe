/** One open workflow in the top bar: its name, whether it is saved, and how far its run is. */
import { X } from "lucide-react";
import { useEffect, useRef, type MouseEvent } from "react";
import { renameDoc } from "@/graph/commands";
import { text } from "@/strings";
import { activateTab, dispatch, type Tab } from "@/store/editor";
import { cx } from "@/ui/cx";
import { closeWorkflow } from "./closeWorkflow";
import { NameField } from "./NameField";
import { TabProgress } from "./TabProgress";

const words = text.shell.tabs;

export interface WorkflowTabProps {
  tab: Tab;
  active: boolean;
  renaming: boolean;
  onRename: (id: string | null) => void;
  onDrag: (id: string | null) => void;
  /** Another tab is dragged over this one. */
  onDragOver: () => void;
}

export function WorkflowTab({ tab, active, renaming, onRename, onDrag, onDragOver }: WorkflowTabProps) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!active) return;
    // At once, the page would have to be laid out for it in the middle of being drawn.
    const frame = requestAnimationFrame(() => item.current?.scrollIntoView({ block: "nearest", inline: "nearest" }));
    return () => cancelAnimationFrame(frame);
  }, [active]);
  const name = tab.doc.name || words.untitled;
  const middleClick = (event: MouseEvent) => {
    if (event.button === 1) closeWorkflow(tab);
  };
  return (
    <li
      ref={item}
      className={cx(
        "group relative flex h-8 max-w-52 min-w-24 shrink-0 items-center overflow-hidden rounded-control text-sm transition-colors duration-120",
        active ? "bg-sunken text-strong" : "text-muted hover:bg-sunken/60 hover:text-body",
      )}
      draggable={!renaming}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = "move";
        onDrag(tab.id);
      }}
      onDragEnter={onDragOver}
      onDragEnd={() => onDrag(null)}
      onAuxClick={middleClick}
      // Else the browser scrolls by itself after a press of the middle button.
      onMouseDown={(event) => event.button === 1 && event.preventDefault()}
    >
      {renaming ? (
        <NameField
          value={tab.doc.name}
          label={words.rename}
          className="mx-1"
          onDone={(next) => {
            if (next !== null && next !== tab.doc.name) dispatch(renameDoc(next), tab.id);
            onRename(null);
          }}
        />
      ) : (
        <TabButton tab={tab} name={name} active={active} onRename={() => onRename(tab.id)} />
      )}
      <CloseButton tab={tab} name={name} />
      <TabProgress runId={tab.runs} />
    </li>
  );
}

function TabButton({ tab, name, active, onRename }: { tab: Tab; name: string; active: boolean; onRename: () => void }) {
  return (
    <button
      type="button"
      aria-current={active ? "page" : undefined}
      title={name}
      className="h-full min-w-0 flex-1 truncate rounded-control pr-1 pl-3 text-left"
      onClick={() => activateTab(tab.id)}
      onDoubleClick={onRename}
      onKeyDown={(event) => event.key === "F2" && onRename()}
    >
      {name}
      {tab.dirty && <span className="sr-only"> ({words.unsaved})</span>}
    </button>
  );
}

/** The dot of an unsaved workflow, which turns into the cross under the pointer. */
function CloseButton({ tab, name }: { tab: Tab; name: string }) {
  return (
    <button
      type="button"
      aria-label={words.close(name)}
      className="relative mr-1 flex size-5 shrink-0 items-center justify-center rounded text-muted hover:bg-line hover:text-strong"
      onClick={() => closeWorkflow(tab)}
    >
      {tab.dirty && (
        <span aria-hidden className="size-1.5 rounded-full bg-current group-focus-within:hidden group-hover:hidden" />
      )}
      <X size={12} aria-hidden className={cx(tab.dirty && "hidden group-focus-within:block group-hover:block")} />
    </button>
  );
}
