/** Drawing edges by hand: what may be connected, what lights up meanwhile, and what a drop does. */
import { useReactFlow, type Connection, type FinalConnectionState, type OnConnectStart } from "@xyflow/react";
import { useMemo, useRef, type RefObject } from "react";
import { addNode, connect, disconnect } from "@/graph/commands";
import { edgeById, edgeId, nodeById } from "@/graph/document";
import type { Doc, GraphEdge, Point } from "@/graph/types";
import { catalogue } from "@/store/catalogue";
import { activeTab, dispatch, nodePorts } from "@/store/editor";
import { openPalette } from "@/store/ui";
import { text } from "@/strings";
import { endOf, firstFit, judge, type Converter, type End, type Verdict } from "./connecting";
import type { WireEdge } from "./flowTypes";
import { findHelper } from "./helpers";
import { pipelineEdge } from "./pipelines";
import { inOneStep, newNode } from "./placing";
import { nodeTitle } from "./titles";
import { offerFix, showWrongDrop } from "./wrongDrop";

/** The port `handle` of a node of the active tab. */
function findEnd(node: string | null, handle: string | null | undefined, side: "source" | "target"): End | undefined {
  const place = named(node);
  if (place === undefined || !handle) return undefined;
  return endOf(place, nodePorts(activeTab(), place.id), handle, side);
}

function named(id: string | null): { id: string; title: string } | undefined {
  const node = id === null ? undefined : nodeById(activeTab().doc, id);
  return node && { id: node.id, title: nodeTitle(node, catalogue().byType.get(node.type)) };
}

/** Judges as if the edge that is being moved were not there. */
function judgeWithout(moving: GraphEdge | null, one: End, other: End): Verdict {
  const { doc } = activeTab();
  const without: Doc = moving === null ? doc : { ...doc, edges: doc.edges.filter((edge) => edge !== moving) };
  return judge(without, one, other);
}

export function useConnecting(wrapper: RefObject<HTMLElement | null>) {
  const flow = useReactFlow();
  const moving = useRef<GraphEdge | null>(null);
  const done = useRef(false);
  return useMemo(() => {
    const start: OnConnectStart = (_event, { nodeId, handleId, handleType }) => {
      done.current = false;
      const from = handleType && findEnd(nodeId, handleId, handleType);
      if (from && wrapper.current) lightUp(wrapper.current, from, moving.current);
    };

    const finish = (verdict: Extract<Verdict, { fits: true }>) => {
      done.current = true;
      const { edge, many } = verdict;
      const old = moving.current;
      if (old !== null && edgeId(old) === edgeId(edge)) return;
      dispatch(old === null ? connect(edge, { many }) : inOneStep(connect(edge, { many }), disconnect([edgeId(old)])));
    };

    const drop = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      if (wrapper.current) lightOff(wrapper.current);
      const handle = state.fromHandle;
      const from = handle ? findEnd(handle.nodeId, handle.id, handle.type) : undefined;
      if (done.current || from === undefined) return;
      const at = pointerOf(event);
      const target = targetAt(at, from, state, moving.current);
      if (target?.verdict.fits) finish(target.verdict);
      else if (target) refuse(from, target, at);
      else if (moving.current !== null) dispatch(disconnect([edgeId(moving.current)]));
      else {
        const { node, handle, side, type } = from;
        openPalette({ at, flow: flow.screenToFlowPosition(at), from: { node, handle, side, type } });
      }
    };

    const refuse = (from: End, { verdict, to }: Target, at: Point) => {
      if (verdict.fits) return;
      const { types, reason } = verdict;
      const drop = showWrongDrop({ at, reason, fix: null });
      const [source, target] = from.side === "source" ? [from, to] : [to, from];
      if (!types || !source || !target) return;
      void findHelper(activeTab(), { ...types, ends: [target.node, source.node] }).then((helper) => {
        if (helper === null) return;
        const run = () => insert(helper, source, target, flow.screenToFlowPosition(at));
        offerFix(drop, { label: text.canvas.insert(helper.entry.title), run });
      });
    };

    return {
      isValidConnection: (connection: Connection | WireEdge) => {
        const source = findEnd(connection.source, connection.sourceHandle, "source");
        const target = findEnd(connection.target, connection.targetHandle, "target");
        return source !== undefined && target !== undefined && judgeWithout(moving.current, source, target).fits;
      },
      onConnect: (connection: Connection) => {
        const source = findEnd(connection.source, connection.sourceHandle, "source");
        const target = findEnd(connection.target, connection.targetHandle, "target");
        const verdict = source && target && judgeWithout(moving.current, source, target);
        if (verdict?.fits) finish(verdict);
      },
      onConnectStart: start,
      onConnectEnd: drop,
      onReconnectStart: (_event: unknown, edge: WireEdge) => {
        moving.current = edgeById(activeTab().doc, edge.id) ?? null;
      },
      onReconnect: (_old: WireEdge, connection: Connection) => {
        const source = findEnd(connection.source, connection.sourceHandle, "source");
        const target = findEnd(connection.target, connection.targetHandle, "target");
        const verdict = source && target && judgeWithout(moving.current, source, target);
        if (verdict?.fits) finish(verdict);
      },
      onReconnectEnd: () => {
        moving.current = null;
      },
    };
  }, [flow, wrapper]);
}

interface Target {
  readonly to: End | null;
  readonly verdict: Verdict;
}

/** What a drop at a place of the screen means: a handle close by, the row of a port, or a whole node. */
function targetAt(at: Point, from: End, state: FinalConnectionState, moving: GraphEdge | null): Target | null {
  const side = from.side === "source" ? "target" : "source";
  const near = state.toHandle;
  const close = near ? findEnd(near.nodeId, near.id, near.type) : undefined;
  if (close) return { to: close, verdict: judgeWithout(moving, from, close) };
  const element = document.elementFromPoint(at.x, at.y);
  const node = named(element?.closest<HTMLElement>("[data-node]")?.dataset["node"] ?? null);
  if (node === undefined || node.id === from.node) return null;
  const row = element?.closest<HTMLElement>(`[data-port][data-side="${side}"]`)?.dataset["port"];
  const to = row === undefined ? undefined : findEnd(node.id, row, side);
  if (to) return { to, verdict: judgeWithout(moving, from, to) };
  const verdict = firstFit(activeTab().doc, from, node, nodePorts(activeTab(), node.id));
  if (verdict) return { to: null, verdict };
  const first = nodePorts(activeTab(), node.id)?.[side === "target" ? "inputs" : "outputs"]?.[0];
  const end = first && findEnd(node.id, first.name, side);
  return end ? { to: end, verdict: judgeWithout(moving, from, end) } : null;
}

function insert(helper: Converter, source: End, target: End, at: Point): void {
  const node = newNode(
    activeTab().doc,
    { type: helper.entry.type, params: helper.entry.params, title: helper.entry.title },
    at,
  );
  const feed = pipelineEdge(activeTab(), target.node, node);
  dispatch(
    inOneStep(
      addNode(node),
      ...(feed === null ? [] : [connect(feed, { many: false })]),
      connect(
        { source: source.node, sourceHandle: source.handle, target: node.id, targetHandle: helper.input },
        { many: false },
      ),
      connect(
        { source: node.id, sourceHandle: helper.output, target: target.node, targetHandle: target.handle },
        { many: target.many },
      ),
    ),
  );
}

function pointerOf(event: MouseEvent | TouchEvent): Point {
  const place = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: place?.clientX ?? 0, y: place?.clientY ?? 0 };
}

/** Marks each handle on the screen once, when a drag begins; the style sheet does the rest. */
function lightUp(wrapper: HTMLElement, from: End, moving: GraphEdge | null): void {
  wrapper.dataset["connecting"] = "";
  for (const element of wrapper.querySelectorAll<HTMLElement>(".react-flow__handle")) {
    const { nodeid, handleid } = element.dataset;
    const side = element.classList.contains("source") ? "source" : "target";
    const own = nodeid === from.node && handleid === from.handle && side === from.side;
    const end = own ? undefined : findEnd(nodeid ?? null, handleid, side);
    element.dataset["fits"] = own ? "own" : end && judgeWithout(moving, from, end).fits ? "yes" : "no";
  }
}

function lightOff(wrapper: HTMLElement): void {
  delete wrapper.dataset["connecting"];
  for (const element of wrapper.querySelectorAll<HTMLElement>("[data-fits]")) delete element.dataset["fits"];
}
