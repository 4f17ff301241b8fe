/** The panels of the left rail, in their order. */
import { Blocks, Images, LayoutTemplate, ListVideo, Package, Workflow, type LucideIcon } from "lucide-react";
import { text } from "@/strings";

export type PanelId = keyof typeof text.shell.panels;

export interface RailPanel {
  id: PanelId;
  label: string;
  icon: LucideIcon;
}

const labels = text.shell.panels;

export const railPanels: readonly RailPanel[] = [
  { id: "nodes", label: labels.nodes, icon: Blocks },
  { id: "templates", label: labels.templates, icon: LayoutTemplate },
  { id: "workflows", label: labels.workflows, icon: Workflow },
  { id: "models", label: labels.models, icon: Package },
  { id: "gallery", label: labels.gallery, icon: Images },
  { id: "queue", label: labels.queue, icon: ListVideo },
];
