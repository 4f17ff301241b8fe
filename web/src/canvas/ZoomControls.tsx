/** Zoom in the corner of the canvas. */
import { Panel, useReactFlow, useStore } from "@xyflow/react";
import { Map as MapIcon, Maximize, Minus, Plus } from "lucide-react";
import { useRef } from "react";
import { setSettings, useSettings } from "@/store/settings";
import { text } from "@/strings";
import { IconButton } from "@/ui/IconButton";
import { fitAll } from "./actions";
import type { FlowNode, WireEdge } from "./flowTypes";

const MOTION = { duration: 140 };
const STEP = 1.25;
/** ms within which another press goes on from where the one before leads, not from where the motion is. */
const IN_A_ROW = 300;

export function ZoomControls({ viewer }: { viewer: boolean }) {
  const flow = useReactFlow<FlowNode, WireEdge>();
  const percent = useStore((state) => Math.round(state.transform[2] * 100));
  const minimap = useSettings((settings) => settings.minimap);
  const last = useRef({ zoom: 1, time: -Infinity });
  const zoomBy = (factor: number) => {
    const now = performance.now();
    const from = now - last.current.time < IN_A_ROW ? last.current.zoom : flow.getZoom();
    last.current = { zoom: from * factor, time: now };
    void flow.zoomTo(from * factor, MOTION);
  };
  return (
    <Panel position="bottom-left" className="zoom-controls">
      <IconButton size="sm" side="top" icon={Minus} label={text.canvas.zoomOut} onClick={() => zoomBy(1 / STEP)} />
      <button
        type="button"
        className="w-11 rounded text-center text-xs text-muted hover:text-strong"
        aria-label={text.canvas.zoomReset(percent)}
        onClick={() => void flow.zoomTo(1, MOTION)}
      >
        {percent} %
      </button>
      <IconButton size="sm" side="top" icon={Plus} label={text.canvas.zoomIn} onClick={() => zoomBy(STEP)} />
      <IconButton
        size="sm"
        side="top"
        icon={Maximize}
        label={text.canvas.fit}
        shortcut="F"
        onClick={() => fitAll(flow)}
      />
      {!viewer && (
        <IconButton
          size="sm"
          side="top"
          icon={MapIcon}
          label={text.canvas.minimap}
          active={minimap}
          onClick={() => setSettings({ minimap: !minimap })}
        />
      )}
    </Panel>
  );
}
