/** Dragging of nodes, groups and notes: positions stay here until the drop, which is one command. */
import { useCallback, useRef, useState } from "react";
import type { NodeChange, NodePositionChange } from "@xyflow/react";
import { duplicateItems, moveItems, moveOntoEdge } from "@/graph/commands";
import type { Doc, Point } from "@/graph/types";
import { activeTab, dispatch, nodePorts } from "@/store/editor";
import { dispatchAndSelectNew, movingWith } from "./actions";
import type { FlowNode } from "./flowTypes";
import { edgeUnder, markEdge } from "./edgeUnder";
import type { Flow } from "./layouting";
import { wayThrough } from "./placing";

type Overlay = ReadonlyMap<string, Point>;

const NOTHING: Overlay = new Map();

export function useMoving(flow: Flow) {
  const [overlay, setOverlay] = useState(NOTHING);
  /** What moves in this drag beside what React Flow moves. */
  const company = useRef<ReadonlySet<string>>(new Set());
  const latest = useRef(NOTHING);

  const show = useCallback((next: Overlay) => {
    latest.current = next;
    setOverlay(next);
  }, []);

  const onDragStart = useCallback(
    (dragged: readonly FlowNode[]) => {
      company.current = movingWith(
        flow,
        dragged.map(({ id }) => id),
      );
    },
    [flow],
  );

  const onMoves = useCallback(
    (changes: readonly NodeChange<FlowNode>[]) => {
      const moves = changes.filter(
        (change): change is Move => change.type === "position" && change.position !== undefined,
      );
      const first = moves[0];
      if (first === undefined) return;
      const { doc } = activeTab();
      const start = positionOf(doc, first.id);
      const next = new Map(latest.current);
      for (const { id, position } of moves) next.set(id, rounded(position));
      for (const id of company.current) {
        const from = positionOf(doc, id);
        if (next.has(id) && moves.some((move) => move.id === id)) continue;
        if (from && start)
          next.set(id, rounded({ x: from.x + first.position.x - start.x, y: from.y + first.position.y - start.y }));
      }
      show(next);
    },
    [show],
  );

  /** Marks the edge that a drop here would put the node into. */
  const onDrag = useCallback((event: Pointing) => markEdge(landing(event, latest.current)?.edge ?? null), []);

  /** With Alt held, copies are dropped and the originals stay. A node without edges goes into the edge below it. */
  const onDrop = useCallback(
    (event: Pointing) => {
      const positions = latest.current;
      const [first] = positions;
      const from = first && positionOf(activeTab().doc, first[0]);
      const into = landing(event, positions);
      markEdge(null);
      if (first && into) {
        dispatch(moveOntoEdge(into.edge, first[0], first[1], into.input, into.output));
      } else if (first && from && event.altKey) {
        dispatchAndSelectNew(duplicateItems([...positions.keys()], { x: first[1].x - from.x, y: first[1].y - from.y }));
      } else if (first) {
        dispatch(moveItems(Object.fromEntries(positions)));
      }
      company.current = new Set();
      show(NOTHING);
    },
    [show],
  );

  return { overlay, onDragStart, onMoves, onDrag, onDrop };
}

/** A mouse or a finger. */
type Pointing = Pick<MouseEvent, "altKey"> & Partial<Pick<MouseEvent, "clientX" | "clientY">>;

/** The edge that a single dragged node without edges is held over, and how it fits into it. */
function landing({ altKey, clientX, clientY }: Pointing, moved: Overlay) {
  const [id, ...others] = moved.keys();
  if (id === undefined || others.length > 0 || altKey || clientX === undefined || clientY === undefined) return null;
  const tab = activeTab();
  if (tab.doc.edges.some(({ source, target }) => source === id || target === id)) return null;
  const edge = edgeUnder({ x: clientX, y: clientY });
  const way = edge === null ? null : wayThrough(edge, nodePorts(tab, id));
  return edge === null || way === null ? null : { edge, ...way };
}

type Move = NodePositionChange & { position: Point };

function rounded({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) };
}

function positionOf(doc: Doc, id: string): Point | undefined {
  const node = doc.nodes.find((node) => node.id === id);
  return node?.position ?? [...doc.groups, ...doc.notes].find((frame) => frame.id === id);
}
