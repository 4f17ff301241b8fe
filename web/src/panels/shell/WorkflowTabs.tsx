/** The open workflows, side by side; more than fit are scrolled to. */
import { Plus } from "lucide-react";
import { useState } from "react";
import { text } from "@/strings";
import { moveTab, openTab, useEditor } from "@/store/editor";
import { IconButton } from "@/ui/IconButton";
import { WorkflowTab } from "./WorkflowTab";

export interface WorkflowTabsProps {
  renaming: string | null;
  onRename: (id: string | null) => void;
}

export function WorkflowTabs({ renaming, onRename }: WorkflowTabsProps) {
  const tabs = useEditor((editor) => editor.tabs);
  const active = useEditor((editor) => editor.activeTab);
  const [dragged, setDragged] = useState<string | null>(null);
  return (
    <nav aria-label={text.shell.tabs.label} className="flex min-w-0 flex-1 items-center gap-1">
      <ul
        className="flex min-w-0 items-center gap-1 overflow-x-auto [scrollbar-width:none]"
        onWheel={(event) => {
          if (event.deltaX === 0) event.currentTarget.scrollLeft += event.deltaY;
        }}
      >
        {tabs.map((tab, index) => (
          <WorkflowTab
            key={tab.id}
            tab={tab}
            active={tab.id === active}
            renaming={tab.id === renaming}
            onRename={onRename}
            onDrag={setDragged}
            onDragOver={() => dragged !== null && dragged !== tab.id && moveTab(dragged, index)}
          />
        ))}
      </ul>
      <IconButton label={text.shell.tabs.add} icon={Plus} className="max-[699px]:hidden" onClick={() => openTab()} />
    </nav>
  );
}
