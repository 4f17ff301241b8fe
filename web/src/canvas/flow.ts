/** The graph as React Flow draws it. What did not change stays the same object, so that it is not drawn again. */
import { Position, type NodeHandle as FlowHandle } from "@xyflow/react";
import type { JsonValue, NodePorts, NodeType, Preset } from "@/api/types";
import { edgeId, edgesFrom, edgesInto, nodeById } from "@/graph/document";
import { measure, type FoldView, type NodeBox, type Surroundings } from "@/graph/measure";
import { isJson } from "@/graph/json";
import { family } from "@/graph/ports";
import type { Doc, GraphEdge, GraphNode, Point, Size } from "@/graph/types";
import type { RunFacts } from "./facts";
import type { FlowNode, WireEdge } from "./flowTypes";
import { nodeTitle, presetOf } from "./titles";

/** What the drawing of a graph is made from. `overlay`: where dragged items are now. */
export interface Scene {
  readonly doc: Doc;
  readonly selection: ReadonlySet<string>;
  readonly overlay: ReadonlyMap<string, Point>;
  readonly portsOf: (id: string) => NodePorts | undefined;
  readonly typeOf: (type: string) => NodeType | undefined;
  readonly factsOf: (node: GraphNode) => RunFacts;
  readonly hasProblem: (id: string) => boolean;
  readonly foldOf: (id: string) => FoldView;
  /** The repo whose download a node waits for. */
  readonly downloadOf: (id: string) => string | undefined;
}

interface Kept<Item> {
  readonly inputs: readonly unknown[];
  readonly item: Item;
}

/** Draws scenes, remembering the last one. One for each canvas. */
export class FlowMaker {
  #nodes = new Map<string, Kept<FlowNode>>();
  #boxes = new Map<string, Kept<NodeBox>>();
  #edges = new Map<string, Kept<WireEdge>>();
  #lastNodes: readonly FlowNode[] = [];
  #lastEdges: readonly WireEdge[] = [];

  nodes(scene: Scene): readonly FlowNode[] {
    const { doc } = scene;
    const nodes = [
      ...doc.groups.map((group) => this.#frame("group", group, scene)),
      ...doc.nodes.map((node) => this.#block(node, scene)),
      ...doc.notes.map((note) => this.#frame("note", note, scene)),
    ];
    if (this.#nodes.size > 2 * nodes.length + 64) this.#forget(new Set(nodes.map(({ id }) => id)));
    return (this.#lastNodes = sameItems(this.#lastNodes, nodes));
  }

  edges(scene: Scene): readonly WireEdge[] {
    const edges = scene.doc.edges.map((edge) => this.#wire(edge, scene));
    if (this.#edges.size > 2 * edges.length + 64) this.#edges.clear();
    return (this.#lastEdges = sameItems(this.#lastEdges, edges));
  }

  /** The sizes of all that was drawn last. */
  sizes(): Map<string, Size> {
    return new Map(this.#lastNodes.map(({ id, width = 0, height = 0 }) => [id, { width, height }]));
  }

  box(id: string): NodeBox | undefined {
    return this.#boxes.get(id)?.item;
  }

  #block(node: GraphNode, scene: Scene): FlowNode {
    const { id } = node;
    const ports = scene.portsOf(id);
    const box = this.#box(node, ports, scene);
    const position = scene.overlay.get(id) ?? node.position;
    const selected = scene.selection.has(id);
    const label = nodeTitle(node, scene.typeOf(node.type));
    const download = scene.downloadOf(id);
    const from = [node, ports, box, position.x, position.y, selected, label, download];
    return kept(this.#nodes, id, from, (before) => {
      const { width, height } = box;
      const known = before?.type === "block" ? before.data : undefined;
      const same = known?.node === node && known.ports === ports && known.box === box && known.download === download;
      const data = same ? known : { node, ports, box, download };
      return {
        id,
        type: "block",
        position,
        data,
        width,
        height,
        measured: { width, height },
        handles: box.handles.map(flowHandle),
        selected,
        zIndex: selected ? 2 : 1,
        ariaLabel: label,
      };
    });
  }

  #box(node: GraphNode, ports: NodePorts | undefined, scene: Scene): NodeBox {
    const { id } = node;
    const facts = scene.factsOf(node);
    const inputs = unique(edgesInto(scene.doc, id).map((edge) => edge.targetHandle));
    const outputs = unique(edgesFrom(scene.doc, id).map((edge) => edge.sourceHandle));
    const problem = facts.failed || scene.hasProblem(id) || scene.downloadOf(id) !== undefined;
    const { params, width, collapsed, advanced } = node;
    const preset = presetOf(node, scene.typeOf(node.type));
    const fold = scene.foldOf(id);
    const from = [
      params,
      width,
      collapsed,
      advanced,
      ports,
      facts,
      problem,
      preset,
      fold,
      inputs.join("\n"),
      outputs.join("\n"),
    ];
    return kept(this.#boxes, id, from, () => {
      const { media, result, footer } = facts;
      const around: Surroundings = { inputs, outputs, given: givenBy(preset), media, problem, result, footer, fold };
      return measure(node, ports, around);
    });
  }

  #frame(type: "group" | "note", item: Doc["groups"][number] | Doc["notes"][number], scene: Scene): FlowNode {
    const { id, width, height } = item;
    const position = scene.overlay.get(id) ?? item;
    const selected = scene.selection.has(id);
    return kept(this.#nodes, id, [item, position.x, position.y, selected], () => {
      const shared = {
        id,
        position: { x: position.x, y: position.y },
        width,
        height,
        measured: { width, height },
        handles: [],
        selected,
        connectable: false,
      };
      if (type === "group" && "title" in item) {
        return { ...shared, type: "group", data: { group: item }, zIndex: -2, ariaLabel: item.title };
      }
      const note = "text" in item ? item : { ...item, text: "" };
      return { ...shared, type: "note", data: { note }, zIndex: selected ? 1 : 0, ariaLabel: note.text.slice(0, 80) };
    });
  }

  #wire(edge: GraphEdge, scene: Scene): WireEdge {
    const id = edgeId(edge);
    const source = scene.portsOf(edge.source);
    const target = scene.portsOf(edge.target);
    const output = source?.outputs?.find((port) => port.name === edge.sourceHandle);
    const input = target?.inputs?.find((port) => port.name === edge.targetHandle);
    const waiting = source?.pending === true || target?.pending === true;
    const present = nodeById(scene.doc, edge.source) !== undefined && nodeById(scene.doc, edge.target) !== undefined;
    const lost = present && !waiting && (output === undefined || input === undefined);
    const type = source?.types?.[edge.sourceHandle] ?? output?.type ?? "any";
    const selected = scene.selection.has(id);
    return kept(this.#edges, id, [edge, type, lost, selected], () => ({
      id,
      type: "wire",
      source: edge.source,
      sourceHandle: edge.sourceHandle,
      target: edge.target,
      targetHandle: edge.targetHandle,
      data: { edge, family: family(type), type, lost },
      selected,
      interactionWidth: 16,
    }));
  }

  #forget(present: ReadonlySet<string>): void {
    for (const id of [...this.#nodes.keys()]) if (!present.has(id)) this.#nodes.delete(id);
    for (const id of [...this.#boxes.keys()]) if (!present.has(id)) this.#boxes.delete(id);
  }
}

function kept<Item>(
  cache: Map<string, Kept<Item>>,
  id: string,
  inputs: readonly unknown[],
  make: (before: Item | undefined) => Item,
): Item {
  const before = cache.get(id);
  if (before && before.inputs.every((input, index) => Object.is(input, inputs[index]))) return before.item;
  const item = make(before?.item);
  cache.set(id, { inputs, item });
  return item;
}

function flowHandle({ id, side, x, y }: NodeBox["handles"][number]): FlowHandle {
  return { id, type: side, position: side === "target" ? Position.Left : Position.Right, x, y, width: 0, height: 0 };
}

function givenBy(preset: Preset | undefined): Readonly<Record<string, JsonValue>> {
  const pairs = Object.entries(preset?.params ?? {});
  return Object.fromEntries(pairs.filter((pair): pair is [string, JsonValue] => isJson(pair[1])));
}

function unique(names: readonly string[]): readonly string[] {
  return names.length < 2 ? names : [...new Set(names)];
}

function sameItems<Item>(before: readonly Item[], after: readonly Item[]): readonly Item[] {
  return before.length === after.length && before.every((item, index) => item === after[index]) ? before : after;
}
