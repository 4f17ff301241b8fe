/** The inspector's first tab: the one selected node, all selected ones, or the graph if nothing is selected. */
import { Suspense } from "react";
import { useShallow } from "zustand/react/shallow";
import { useTab, type Tab } from "@/store/editor";
import { later } from "@/ui/later";
import { GraphDetails } from "./GraphDetails";
import { SelectionDetails } from "./SelectionDetails";

/* Nothing is selected in a page that opens. */
const NodeDetails = later(async () => (await import("./NodeDetails")).NodeDetails);

export function NodeTab() {
  const nodes = useTab(useShallow(selectedNodes));
  const [first] = nodes;
  if (first === undefined) return <GraphDetails />;
  if (nodes.length > 1) return <SelectionDetails ids={nodes} />;
  return (
    <Suspense fallback={null}>
      <NodeDetails key={first} id={first} />
    </Suspense>
  );
}

function selectedNodes({ doc, selection }: Tab): string[] {
  if (selection.size === 0) return [];
  return doc.nodes.flatMap(({ id }) => (selection.has(id) ? [id] : []));
}
