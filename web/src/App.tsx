/** The window: frame, canvas and panels, and what is started once with them. */
import { ReactFlowProvider } from "@xyflow/react";
import { Suspense, useEffect, type ReactNode } from "react";
import { Canvas } from "@/canvas/Canvas";
import { Dialogs } from "@/panels/results/Dialogs";
import { Frame } from "@/panels/shell/Frame";
import { NodePalette } from "@/panels/shell/NodePalette";
import { Panel } from "@/panels/shell/Panel";
import type { PanelId } from "@/panels/shell/railPanels";
import { startStore } from "@/store/start";
import { text } from "@/strings";
import { ErrorBoundary } from "@/ui/ErrorBoundary";
import { later, loadLater } from "@/ui/later";

const Gallery = later(async () => (await import("@/panels/results/Gallery")).Gallery);
const Inspector = later(async () => (await import("@/panels/results/Inspector")).Inspector);
const QueuePanel = later(async () => (await import("@/panels/results/QueuePanel")).QueuePanel);
const Models = later(async () => (await import("@/panels/shell/Models")).Models);
const Templates = later(async () => (await import("@/panels/shell/Templates")).Templates);
const Workflows = later(async () => (await import("@/panels/shell/Workflows")).Workflows);

const panels = {
  nodes: <NodePalette />,
  templates: panel("templates", <Templates />),
  workflows: panel("workflows", <Workflows />),
  models: panel("models", <Models />),
  gallery: panel("gallery", <Gallery />),
  queue: panel("queue", <QueuePanel />),
};

export function App() {
  useEffect(() => startStore(), []);
  useEffect(() => loadLater(), []);
  return (
    <ErrorBoundary>
      <ReactFlowProvider>
        <Frame canvas={<Canvas />} inspector={apart("inspector", <Inspector />)} leftPanels={panels} />
        <Dialogs />
      </ReactFlowProvider>
    </ErrorBoundary>
  );
}

/** A fault in it leaves the rest of the window alone. */
function apart(name: string, part: ReactNode, meanwhile: ReactNode = null): ReactNode {
  return (
    <ErrorBoundary key={name}>
      <Suspense fallback={meanwhile}>{part}</Suspense>
    </ErrorBoundary>
  );
}

/** A panel at the left, with its title from the first moment on. */
function panel(name: PanelId, part: ReactNode): ReactNode {
  return apart(name, part, <Panel title={text.shell.panels[name]}>{null}</Panel>);
}
