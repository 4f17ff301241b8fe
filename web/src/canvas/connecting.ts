/** Whether two ports can be connected, and if not, why, in a sentence, and which node between them would help. */
import type { NodePorts, Port } from "@/api/types";
import { wouldCycle } from "@/graph/document";
import { connection, isList, itemType } from "@/graph/ports";
import { fittingPort, type PaletteEntry } from "@/graph/search";
import type { Doc, GraphEdge } from "@/graph/types";
import { text } from "@/strings";

/** An end of an edge to be. `title` is that of its node. */
export interface End {
  readonly node: string;
  readonly handle: string;
  readonly side: "source" | "target";
  readonly type: string;
  readonly many: boolean;
  readonly title: string;
}

export type Verdict =
  | { readonly fits: true; readonly edge: GraphEdge; readonly many: boolean }
  | {
      readonly fits: false;
      readonly reason: string;
      readonly types: { readonly given: string; readonly wanted: string } | null;
    };

/** The port `handle` of a node as an end; undefined if the node has no such port now. */
export function endOf(
  node: { readonly id: string; readonly title: string },
  ports: NodePorts | undefined,
  handle: string,
  side: "source" | "target",
): End | undefined {
  const port = (side === "source" ? ports?.outputs : ports?.inputs)?.find((port) => port.name === handle);
  if (port === undefined) return undefined;
  const type = side === "source" ? (ports?.types?.[handle] ?? port.type) : port.type;
  return { node: node.id, handle, side, type, many: port.many ?? false, title: node.title };
}

/** Whether an edge between the two ends is possible in `doc`. */
export function judge(doc: Doc, one: End, other: End): Verdict {
  if (one.side === other.side) return refusal(text.canvas.sameSide);
  const [source, target] = one.side === "source" ? [one, other] : [other, one];
  if (source.node === target.node) return refusal(text.canvas.sameNode);
  const edge: GraphEdge = {
    source: source.node,
    sourceHandle: source.handle,
    target: target.node,
    targetHandle: target.handle,
  };
  if (connection(source.type, target.type) === null) {
    const reason = text.canvas.takes(target.title, typeName(target.type), typeName(source.type));
    return { fits: false, reason, types: { given: source.type, wanted: target.type } };
  }
  if (wouldCycle(doc, edge)) return refusal(text.canvas.cycle(source.title));
  return { fits: true, edge, many: target.many };
}

function refusal(reason: string): Verdict {
  return { fits: false, reason, types: null };
}

/** `image` → "an image", `list[image]` → "images". */
export function typeName(type: string): string {
  const names: Readonly<Record<string, string>> = text.canvas.typeNames;
  const item = names[itemType(type)] ?? itemType(type);
  return isList(type) ? (text.canvas.typePlurals[itemType(type)] ?? text.canvas.listName(item)) : item;
}

export interface Converter {
  readonly entry: PaletteEntry;
  readonly input: string;
  readonly output: string;
}

/** A node that takes what is given and gives what is wanted, with as few other required inputs as possible. */
export function converter(entries: readonly PaletteEntry[], given: string, wanted: string): Converter | null {
  const found = entries.flatMap((entry) => {
    const input = fittingPort(entry.inputs.filter(isSpecific), { side: "source", type: given });
    const output = fittingPort(entry.outputs.filter(isSpecific), { side: "target", type: wanted });
    if (!input || !output) return [];
    const others = entry.inputs.filter((port) => port !== input && port.required === true).length;
    return [{ entry, input: input.name, output: output.name, others }];
  });
  return found.sort((one, other) => one.others - other.others)[0] ?? null;
}

function isSpecific(port: Port): boolean {
  return itemType(port.type) !== "any";
}

/** The first input or output of a node that an end fits and that is free. */
export function firstFit(
  doc: Doc,
  from: End,
  node: { id: string; title: string },
  ports: NodePorts | undefined,
): Verdict | null {
  const side = from.side === "source" ? "target" : "source";
  const candidates = (side === "target" ? ports?.inputs : ports?.outputs) ?? [];
  const taken = new Set(doc.edges.filter((edge) => edge.target === node.id).map((edge) => edge.targetHandle));
  const free = candidates.filter((port) => side === "source" || port.many === true || !taken.has(port.name));
  const best = fittingPort(free, from);
  const end = best && endOf(node, ports, best.name, side);
  return end ? judge(doc, from, end) : null;
}
