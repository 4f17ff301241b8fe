/** The bar at the top: open workflows, undo, run, and what the server is doing. */
import { PanelRight, Redo2, Settings, Undo2 } from "lucide-react";
import { useState } from "react";
import { text } from "@/strings";
import { redo, undo, useTab } from "@/store/editor";
import { openDialog, toggleInspector, toggleLeft, useUi } from "@/store/ui";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { Tooltip } from "@/ui/Tooltip";
import { HistoryButton } from "./HistoryButton";
import { MainMenu } from "./MainMenu";
import { RunControls } from "./RunControls";
import { useWaiting } from "./useWaiting";
import { WorkerChip } from "./WorkerChip";
import { WorkflowTabs } from "./WorkflowTabs";

const words = text.shell.bar;

export function TopBar() {
  const [renaming, setRenaming] = useState<string | null>(null);
  return (
    <header className="flex h-11 shrink-0 items-center gap-2 border-b border-line bg-surface pr-2">
      <ProductMark />
      <Divider />
      <WorkflowTabs renaming={renaming} onRename={setRenaming} />
      <UndoButtons />
      <Divider />
      <RunControls />
      <Divider />
      <div className="hidden items-center gap-1 min-[700px]:flex">
        <QueueCount />
        <WorkerChip />
      </div>
      <div className="hidden items-center gap-0.5 min-[700px]:flex">
        <InspectorButton />
        <IconButton label={words.settings} icon={Settings} onClick={() => openDialog({ kind: "settings" })} />
        <MainMenu onRename={setRenaming} />
      </div>
    </header>
  );
}

function ProductMark() {
  return (
    <div className="flex shrink-0 items-center gap-2 pr-1">
      <div className="flex w-12 justify-center min-[1200px]:-mr-2">
        <img src="/favicon.svg" alt="" width={22} height={22} />
      </div>
      <h1 className="text-sm font-semibold text-strong max-[1199px]:sr-only">{text.common.product}</h1>
    </div>
  );
}

function Divider() {
  return <div aria-hidden className="hidden h-5 w-px shrink-0 bg-line min-[700px]:block" />;
}

function UndoButtons() {
  const last = useTab((tab) => tab.history.past.at(-1)?.name);
  const next = useTab((tab) => tab.history.future.at(-1)?.name);
  return (
    <div className="hidden items-center min-[700px]:flex">
      <Tooltip content={last === undefined ? words.undo : words.undoNamed(last)} side="bottom">
        <HistoryButton label={words.undo} enabled={last !== undefined} icon={Undo2} onClick={undo} />
      </Tooltip>
      <Tooltip content={next === undefined ? words.redo : words.redoNamed(next)} side="bottom">
        <HistoryButton label={words.redo} enabled={next !== undefined} icon={Redo2} onClick={redo} />
      </Tooltip>
    </div>
  );
}

function InspectorButton() {
  const open = useUi((ui) => ui.inspector);
  const label = open ? text.shell.frame.hideInspector : text.shell.frame.showInspector;
  return <IconButton label={label} icon={PanelRight} onClick={() => toggleInspector()} />;
}

/** Always there, so that Run does not move under the hand when a run begins. */
function QueueCount() {
  const waiting = useWaiting();
  return (
    <Tooltip content={words.queueTip} side="bottom">
      <button
        type="button"
        className={cx(
          "h-7 min-w-16 rounded-control px-2 text-xs whitespace-nowrap tabular-nums transition-colors duration-120 hover:bg-sunken",
          waiting === 0 ? "text-muted" : "text-strong",
        )}
        onClick={() => toggleLeft("queue")}
      >
        {words.queue(waiting)}
      </button>
    </Tooltip>
  );
}
