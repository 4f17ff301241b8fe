/** React Flow with the graph of one tab. It draws what the store holds and reports what the hand does. */
import {
  getNodesBounds,
  getViewportForBounds,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  useStore,
  useStoreApi,
  type EdgeChange,
  type NodeChange,
  type Viewport,
} from "@xyflow/react";
import { useCallback, useMemo, useRef, useState } from "react";
import { activeTab, select } from "@/store/editor";
import { useSettings } from "@/store/settings";
import { text } from "@/strings";
import { ContextMenu } from "@/ui/ContextMenu";
import { GRID, openPaletteAtPointer } from "./actions";
import { ConnectionLine } from "./ConnectionLine";
import { detailAt, DetailContext } from "./detail";
import { FarNodes } from "./FarNodes";
import { FarWires } from "./FarWires";
import type { FlowNode, WireEdge } from "./flowTypes";
import { Grid } from "./Grid";
import { GroupFrame } from "./GroupFrame";
import { menuAt, type MenuPlace } from "./menus";
import { MiniMap } from "./MiniMap";
import { NodeFinder } from "./NodeFinder";
import { NodeFrame } from "./NodeFrame";
import { NoteFrame } from "./NoteFrame";
import { rememberPointer } from "./pointer";
import { PortTip } from "./PortTip";
import { SearchPalette } from "./SearchPalette";
import { useConnecting } from "./useConnecting";
import { useDrops } from "./useDrops";
import { useFocus } from "./useFocus";
import { useMoving } from "./useMoving";
import { usePanning } from "./usePanning";
import { useScene } from "./useScene";
import { useShortcuts } from "./useShortcuts";
import { useViewer } from "./useViewer";
import { Wire } from "./Wire";
import { WrongDropNote } from "./WrongDropNote";
import { ZoomControls } from "./ZoomControls";

const nodeTypes = { block: NodeFrame, group: GroupFrame, note: NoteFrame };
const edgeTypes = { wire: Wire };
const SNAP: [number, number] = [GRID / 2, GRID / 2];
const MULTI_SELECT = ["Shift", "Meta", "Control"];
const MIN_ZOOM = 0.05;
const ORIGIN = { x: 0, y: 0, zoom: 1 };
const FIT = { padding: 0.12, maxZoom: 1 };

export function GraphCanvas() {
  const wrapper = useRef<HTMLDivElement>(null);
  const flow = useReactFlow<FlowNode, WireEdge>();
  const moving = useMoving(flow);
  const { nodes, edges } = useScene(moving.overlay);
  const store = useStoreApi();
  const [start, setStart] = useState<Viewport | null>(null);
  const { snap, grid, minimap } = useSettings();
  const detail = useStore((state) => detailAt(state.transform[2]));
  const low = detail !== "all";
  const viewer = useViewer();
  const panning = usePanning(wrapper);
  const connecting = useConnecting(wrapper);
  const drops = useDrops(flow);
  const menuPlace = useRef<MenuPlace | null>(null);
  useShortcuts(flow);
  useFocus(flow);

  const onNodesChange = useCallback(
    (changes: NodeChange<FlowNode>[]) => {
      applySelection(changes);
      moving.onMoves(changes);
    },
    [moving],
  );
  const mount = (element: HTMLDivElement | null) => {
    wrapper.current = element;
    if (!element || start) return;
    const box = element.getBoundingClientRect();
    const { x, y, zoom } = startView(nodes, box);
    // React Flow takes these over after its first drawing only, and would draw everything twice, at first elsewhere.
    store.setState({ width: box.width, height: box.height, transform: [x, y, zoom] });
    setStart({ x, y, zoom });
  };
  const items = useCallback(() => menuAt(flow, menuPlace.current), [flow]);
  // React Flow takes changeable lists, but does not change them.
  const drawn = useMemo(() => ({ nodes: [...nodes], edges: low ? [] : [...edges] }), [nodes, edges, low]);

  return (
    <DetailContext.Provider value={detail}>
      <ContextMenu items={items}>
        <div
          ref={mount}
          className="canvas"
          data-testid="canvas"
          data-low={low ? "" : undefined}
          onContextMenuCapture={(event) =>
            (menuPlace.current = { element: event.target, x: event.clientX, y: event.clientY })
          }
          onPointerMove={(event) => rememberPointer({ x: event.clientX, y: event.clientY })}
          onPointerLeave={(event) => {
            // What opens over the canvas takes the pointer, but does not move it.
            if (!holds(event.currentTarget, event)) rememberPointer(null);
          }}
          onDoubleClick={(event) => {
            if (event.target instanceof Element && event.target.classList.contains("react-flow__pane"))
              openPaletteAtPointer(flow);
          }}
          {...drops}
        >
          {start && (
            <ReactFlow<FlowNode, WireEdge>
              {...drawn}
              {...connecting}
              nodeTypes={nodeTypes}
              edgeTypes={edgeTypes}
              onNodesChange={onNodesChange}
              onEdgesChange={applySelection}
              onNodeDragStart={(_event, _node, dragged) => moving.onDragStart(dragged)}
              onNodeDrag={moving.onDrag}
              onNodeDragStop={moving.onDrop}
              onSelectionDragStart={(_event, dragged) => moving.onDragStart(dragged)}
              onSelectionDragStop={moving.onDrop}
              {...panning}
              connectionLineComponent={ConnectionLine}
              defaultViewport={start}
              onlyRenderVisibleElements
              minZoom={MIN_ZOOM}
              maxZoom={2.5}
              nodesDraggable={!viewer}
              nodesConnectable={!viewer}
              edgesReconnectable={!viewer}
              snapToGrid={snap}
              snapGrid={SNAP}
              selectionMode={SelectionMode.Partial}
              selectionKeyCode="Shift"
              multiSelectionKeyCode={MULTI_SELECT}
              panActivationKeyCode={null}
              deleteKeyCode={null}
              disableKeyboardA11y
              zoomOnDoubleClick={false}
              elevateNodesOnSelect={false}
              connectOnClick={false}
              connectionRadius={22}
              reconnectRadius={14}
              ariaLabelConfig={{ "node.a11yDescription.default": "", "edge.a11yDescription.default": "" }}
              aria-label={text.canvas.label}
            >
              {low && <FarWires nodes={nodes} edges={edges} />}
              {low && <FarNodes nodes={nodes} />}
              {grid && <Grid />}
              {minimap && !viewer && nodes.length > 0 && <MiniMap nodes={nodes} />}
              <ZoomControls viewer={viewer} />
            </ReactFlow>
          )}
          <PortTip wrapper={wrapper} />
          <WrongDropNote />
        </div>
      </ContextMenu>
      <SearchPalette />
      <NodeFinder />
    </DetailContext.Provider>
  );
}

function holds(element: Element, { clientX, clientY }: { clientX: number; clientY: number }): boolean {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return clientX > left && clientX < right && clientY > top && clientY < bottom;
}

/** Where the tab was left, or where all of a graph is seen that nobody looked at yet. */
function startView(nodes: readonly FlowNode[], { width, height }: DOMRect): Viewport {
  const { viewport } = activeTab().doc;
  if (nodes.length === 0) return viewport ?? ORIGIN;
  if (viewport !== null && (viewport.x !== 0 || viewport.y !== 0 || viewport.zoom !== 1)) return viewport;
  return getViewportForBounds(getNodesBounds([...nodes]), width, height, MIN_ZOOM, FIT.maxZoom, FIT.padding);
}

function applySelection(changes: readonly (NodeChange<FlowNode> | EdgeChange<WireEdge>)[]): void {
  const chosen = new Set(activeTab().selection);
  for (const change of changes) {
    if (change.type !== "select") continue;
    if (change.selected) chosen.add(change.id);
    else chosen.delete(change.id);
  }
  select(chosen);
}
