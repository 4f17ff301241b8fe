/** The window: frame, canvas and panels, and what is started once with them. */
import { ReactFlowProvider } from "@xyflow/react";
import { lazy, Suspense, useEffect, type ReactNode } from "react";
import { Canvas } from "@/canvas/Canvas";
import { Dialogs } from "@/panels/results/Dialogs";
import { Frame } from "@/panels/shell/Frame";
import { NodePalette } from "@/panels/shell/NodePalette";
import { startStore } from "@/store/start";
import { ErrorBoundary } from "@/ui/ErrorBoundary";

/* What is not seen at once is loaded when it is opened. */
const Gallery = lazy(async () => ({ default: (await import("@/panels/results/Gallery")).Gallery }));
const Inspector = lazy(async () => ({ default: (await import("@/panels/results/Inspector")).Inspector }));
const QueuePanel = lazy(async () => ({ default: (await import("@/panels/results/QueuePanel")).QueuePanel }));
const Models = lazy(async () => ({ default: (await import("@/panels/shell/Models")).Models }));
const Templates = lazy(async () => ({ default: (await import("@/panels/shell/Templates")).Templates }));
const Workflows = lazy(async () => ({ default: (await import("@/panels/shell/Workflows")).Workflows }));

const panels = {
  nodes: <NodePalette />,
  templates: later("templates", <Templates />),
  workflows: later("workflows", <Workflows />),
  models: later("models", <Models />),
  gallery: later("gallery", <Gallery />),
  queue: later("queue", <QueuePanel />),
};

export function App() {
  useEffect(() => startStore(), []);
  return (
    <ErrorBoundary>
      <ReactFlowProvider>
        <Frame canvas={<Canvas />} inspector={later("inspector", <Inspector />)} leftPanels={panels} />
        <Dialogs />
      </ReactFlowProvider>
    </ErrorBoundary>
  );
}

/** What is loaded when it is first shown. A fault in it leaves the rest of the window alone. */
function later(name: string, part: ReactNode): ReactNode {
  return (
    <ErrorBoundary key={name}>
      <Suspense fallback={null}>{part}</Suspense>
    </ErrorBoundary>
  );
}
