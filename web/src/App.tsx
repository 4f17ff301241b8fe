/** The window: frame, canvas and panels, and what is started once with them. */
import { ReactFlowProvider } from "@xyflow/react";
import { useEffect } from "react";
import { Canvas } from "@/canvas/Canvas";
import { Dialogs } from "@/panels/results/Dialogs";
import { Gallery } from "@/panels/results/Gallery";
import { Inspector } from "@/panels/results/Inspector";
import { QueuePanel } from "@/panels/results/QueuePanel";
import { Frame } from "@/panels/shell/Frame";
import { Models } from "@/panels/shell/Models";
import { NodePalette } from "@/panels/shell/NodePalette";
import { Templates } from "@/panels/shell/Templates";
import { Workflows } from "@/panels/shell/Workflows";
import { startStore } from "@/store/start";
import { ErrorBoundary } from "@/ui/ErrorBoundary";

const panels = {
  nodes: <NodePalette />,
  templates: <Templates />,
  workflows: <Workflows />,
  models: <Models />,
  gallery: <Gallery />,
  queue: <QueuePanel />,
};

export function App() {
  useEffect(() => startStore(), []);
  return (
    <ErrorBoundary>
      <ReactFlowProvider>
        <Frame canvas={<Canvas />} inspector={<Inspector />} leftPanels={panels} />
        <Dialogs />
      </ReactFlowProvider>
    </ErrorBoundary>
  );
}
