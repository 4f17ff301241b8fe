/** The canvas: the graph of the active tab, and everything a hand does to it. */
import { useTab } from "@/store/editor";
import { GraphCanvas } from "./GraphCanvas";
import "@xyflow/react/dist/base.css";
import "./canvas.css";

export function Canvas() {
  const tab = useTab((tab) => tab.id);
  return <GraphCanvas key={tab} />;
}
