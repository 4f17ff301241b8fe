/** The inspector's first tab: the one selected node, all selected ones, or the graph if nothing is selected. */
import { useShallow } from "zustand/react/shallow";
import { useTab, type Tab } from "@/store/editor";
import { GraphDetails } from "./GraphDetails";
import { NodeDetails } from "./NodeDetails";
import { SelectionDetails } from "./SelectionDetails";

export function NodeTab() {
  const nodes = useTab(useShallow(selectedNodes));
  const [first] = nodes;
  if (first === undefined) return <GraphDetails />;
  return nodes.length === 1 ? <NodeDetails key={first} id={first} /> : <SelectionDetails ids={nodes} />;
}

function selectedNodes({ doc, selection }: Tab): string[] {
  if (selection.size === 0) return [];
  return doc.nodes.flatMap(({ id }) => (selection.has(id) ? [id] : []));
}
