/** New nodes out of palette entries: on empty canvas, at the loose end of an edge, or into an edge. */
import type { JsonValue, NodePorts, NodeType } from "@/api/types";
import { addNode, connect, insertOnEdge } from "@/graph/commands";
import { edgeById } from "@/graph/document";
import { freshId } from "@/graph/ids";
import { fittingPort } from "@/graph/search";
import type { Command, Doc, GraphNode, Point } from "@/graph/types";
import { catalogue, portsOfType } from "@/store/catalogue";
import { activeTab, dispatch, nodePorts, select } from "@/store/editor";
import type { PaletteState } from "@/store/ui";
import { firstFit, type End } from "./connecting";
import { pipelineEdge } from "./pipelines";
import { wishEdge } from "./wishes";

/** What is to be placed: a node type with values. */
export interface Stamp {
  readonly type: string;
  readonly params: Readonly<Record<string, JsonValue>>;
  readonly title?: string;
}

export function newNode(doc: Doc, stamp: Stamp, position: Point): GraphNode {
  const base = stamp.title ?? catalogue().byType.get(stamp.type)?.title ?? stamp.type;
  const at = { x: Math.round(position.x), y: Math.round(position.y) };
  return { id: freshId(doc, base), type: stamp.type, params: stamp.params, position: at };
}

/** Adds a node and selects it. Returns its id. */
export function place(stamp: Stamp, position: Point): string {
  const node = newNode(activeTab().doc, stamp, position);
  dispatch(addNode(node));
  select([node.id]);
  return node.id;
}

/** Adds a node to the loose end of an edge, as one step; a node whose ports show later is connected when they do. */
export function placeAtEnd(stamp: Stamp, position: Point, from: NonNullable<PaletteState["from"]>): void {
  const node = newNode(activeTab().doc, stamp, position);
  const type = catalogue().byType.get(stamp.type);
  const end: End = { ...from, many: isMany(from), title: "" };
  const own = firstFit(activeTab().doc, end, { id: node.id, title: "" }, type && freePorts(type, stamp));
  const edges = own?.fits === true ? [connect(own.edge, { many: own.many })] : [];
  const feed = from.type === "pipeline" ? null : pipelineEdge(activeTab(), from.node, node);
  if (feed !== null) edges.push(connect(feed, { many: false }));
  dispatch(inOneStep(addNode(node), ...edges));
  select([node.id]);
  if (own?.fits !== true && type?.dynamic === true) wishEdge(activeTab(), node.id, end);
}

/** Puts a node into an edge if it has fitting ports, else beside it. */
export function placeOnEdge(stamp: Stamp, position: Point, id: string): void {
  const way = wayThrough(id, catalogue().byType.get(stamp.type)?.interface);
  if (way === null) {
    place(stamp, position);
    return;
  }
  const node = newNode(activeTab().doc, stamp, position);
  dispatch(insertOnEdge(id, node, way.input, way.output));
  select([node.id]);
}

/** The input and the output by which ports fit between the ends of an edge; null if they do not. */
export function wayThrough(id: string, ports: NodePorts | undefined): { input: string; output: string } | null {
  const tab = activeTab();
  const edge = edgeById(tab.doc, id);
  const given = edge && nodePorts(tab, edge.source)?.types?.[edge.sourceHandle];
  const wanted = edge && nodePorts(tab, edge.target)?.inputs?.find((port) => port.name === edge.targetHandle)?.type;
  if (given === undefined || wanted === undefined) return null;
  const input = fittingPort(ports?.inputs ?? [], { side: "source", type: given });
  const output = fittingPort(ports?.outputs ?? [], { side: "target", type: wanted });
  return input && output ? { input: input.name, output: output.name } : null;
}

/** Several commands as one step, named like the first. */
export function inOneStep(first: Command, ...others: readonly Command[]): Command {
  return {
    name: first.name,
    apply: (doc) => others.reduce((changed, command) => command.apply(changed), first.apply(doc)),
  };
}

/** The usual ports of a type, without the params that the stamp has chosen. */
function freePorts(type: NodeType, { params }: Stamp): NodePorts {
  const { inputs = [], ...rest } = portsOfType(type);
  return { ...rest, inputs: inputs.filter((port) => !Object.hasOwn(params, port.name)) };
}

function isMany({ node, handle, side }: NonNullable<PaletteState["from"]>): boolean {
  if (side === "source") return false;
  return nodePorts(activeTab(), node)?.inputs?.find((port) => port.name === handle)?.many ?? false;
}
