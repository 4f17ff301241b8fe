/** Saved workflows as a list of which only the part in view is drawn. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState } from "react";
import type { SavedGraph } from "@/api/types";
import { text } from "@/strings";
import { WorkflowRow } from "./WorkflowRow";

const ROW = 44;

export function WorkflowList({ graphs, onChanged }: { graphs: readonly SavedGraph[]; onChanged: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const [renaming, setRenaming] = useState<string | null>(null);
  const list = useVirtualizer({
    count: graphs.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 8,
    getItemKey: (index) => graphs[index]?.id ?? index,
  });
  return (
    <div ref={box} className="min-h-0 flex-1 overflow-auto px-2 pb-3">
      <ul aria-label={text.shell.workflows.list} className="relative" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ key, index, start }) => {
          const graph = graphs[index];
          return graph === undefined ? null : (
            <li
              key={key}
              aria-setsize={graphs.length}
              aria-posinset={index + 1}
              className="absolute inset-x-0 top-0"
              style={{ height: ROW, transform: `translateY(${start}px)` }}
            >
              <WorkflowRow
                graph={graph}
                renaming={graph.id === renaming}
                onRename={setRenaming}
                onChanged={onChanged}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
