/** The whole window: top bar, rail, the two side panels that fold, the canvas between them, and the status bar. */
import type { ReactNode } from "react";
import { text } from "@/strings";
import { setSettings, useSettings } from "@/store/settings";
import { useUi } from "@/store/ui";
import { ConflictDialog } from "./ConflictDialog";
import { ConnectionBanner } from "./ConnectionBanner";
import { EmptyCanvas } from "./EmptyCanvas";
import { LeftRail } from "./LeftRail";
import type { PanelId } from "./railPanels";
import { Splitter } from "./Splitter";
import { StatusBar } from "./StatusBar";
import { Toasts } from "./Toasts";
import { TopBar } from "./TopBar";
import { useNarrowWindow } from "./useNarrowWindow";

export interface FrameProps {
  canvas: ReactNode;
  inspector: ReactNode;
  leftPanels: Readonly<Record<PanelId, ReactNode>>;
}

export function Frame({ canvas, inspector, leftPanels }: FrameProps) {
  useNarrowWindow();
  return (
    <div className="flex h-full flex-col overflow-hidden">
      <TopBar />
      <div className="relative flex min-h-0 flex-1">
        <LeftRail />
        <LeftPanel panels={leftPanels} />
        <main aria-label={text.shell.frame.canvas} className="relative min-w-0 flex-1 overflow-hidden bg-canvas">
          {canvas}
          <EmptyCanvas />
          <ConnectionBanner />
        </main>
        <InspectorPanel>{inspector}</InspectorPanel>
      </div>
      <StatusBar />
      <Toasts />
      <ConflictDialog />
    </div>
  );
}

function LeftPanel({ panels }: { panels: FrameProps["leftPanels"] }) {
  const shown = useUi((ui) => ui.leftPanel);
  const width = useSettings((settings) => settings.leftWidth);
  if (shown === null) return null;
  return (
    <aside
      aria-label={text.shell.panels[shown]}
      className="relative hidden shrink-0 border-r border-line bg-surface min-[700px]:block"
      style={{ width }}
    >
      {panels[shown]}
      <Splitter
        panel="left"
        width={width}
        min={220}
        max={480}
        label={text.shell.frame.resizeLeft}
        onResize={(leftWidth) => setSettings({ leftWidth })}
      />
    </aside>
  );
}

/** In a narrow window it lies over the canvas, so that the canvas keeps its size. */
function InspectorPanel({ children }: { children: ReactNode }) {
  const open = useUi((ui) => ui.inspector);
  const width = useSettings((settings) => settings.inspectorWidth);
  if (!open) return null;
  return (
    <aside
      aria-label={text.shell.frame.inspector}
      className="absolute inset-y-0 right-0 z-20 hidden border-l border-line bg-surface shadow-[var(--shadow-float)] min-[700px]:block min-[1100px]:relative min-[1100px]:shrink-0 min-[1100px]:shadow-none"
      style={{ width }}
    >
      <div className="flex h-full min-h-0 flex-col overflow-hidden">{children}</div>
      <Splitter
        panel="right"
        width={width}
        min={260}
        max={560}
        label={text.shell.frame.resizeInspector}
        onResize={(inspectorWidth) => setSettings({ inspectorWidth })}
      />
    </aside>
  );
}
