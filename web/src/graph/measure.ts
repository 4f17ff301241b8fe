/** How large a node is drawn and where its handles lie: known without asking the page, so nodes need not be measured. */
import type { JsonValue, NodePorts, Port } from "@/api/types";
import { isJson, jsonEqual } from "./json";
import type { GraphNode } from "./types";

export const HEADER = 30;
export const ROW = 28;
export const FOOTER = 22;
const PROBLEM = 48;
const RESULT = 64;
const LABEL = 24;
const TALL_GAP = 8;
const PAD = 4;
const MIN_WIDTH = 200;
const MAX_WIDTH = 560;
const USUAL_WIDTH = 240;
const WIDE_WIDTH = 320;

/** What a node shows at its top: how many pictures, and how high one is for a width of 1. */
export interface Media {
  readonly count: number;
  readonly aspect: number;
}

/** What besides the node and its ports decides about its size. */
export interface Surroundings {
  /** Names of the inputs and outputs that have edges. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Values that came with the node: they do not count as changed. */
  readonly given: Readonly<Record<string, JsonValue>>;
  readonly media: Media | null;
  /** Whether a sentence stands below the header. */
  readonly problem: boolean;
  /** Whether results in words stand at the end. */
  readonly result: boolean;
  /** Whether seconds of the last run stand at the end. */
  readonly footer: boolean;
}

export const ALONE: Surroundings = {
  inputs: [],
  outputs: [],
  given: {},
  media: null,
  problem: false,
  result: false,
  footer: false,
};

interface Place {
  readonly y: number;
  readonly height: number;
}

/** A line of the node. `lost`: a value or an edge whose port the node does not have now. */
export type Row = Place &
  (
    | { readonly kind: "ports"; readonly input: Port | null; readonly output: Port | null }
    | { readonly kind: "param"; readonly port: Port; readonly connected: boolean }
    | { readonly kind: "fold"; readonly count: number; readonly changed: number; readonly open: boolean }
    | {
        readonly kind: "lost";
        readonly input: string | null;
        readonly output: string | null;
        readonly value?: JsonValue;
      }
    | { readonly kind: "skeleton"; readonly index: number }
  );

interface NodeHandle {
  readonly id: string;
  readonly side: "source" | "target";
  readonly x: number;
  readonly y: number;
}

export interface NodeBox {
  readonly width: number;
  readonly height: number;
  readonly problem: Place | null;
  readonly preview: Place | null;
  readonly rows: readonly Row[];
  readonly result: Place | null;
  readonly footer: Place | null;
  readonly handles: readonly NodeHandle[];
}

/** Whether the control of a param stands below its label, over the whole width. */
export function isTall(port: Port): boolean {
  const kind = port.widget?.kind;
  return kind === "repo" || isRoomy(port);
}

/** Whether it wants a wide node besides. */
function isRoomy({ widget }: Port): boolean {
  const kind = widget?.kind;
  return kind === "multiline" || kind === "json" || kind === "image" || kind === "mask" || kind === "file";
}

/** The height of the control of a param in px. */
export function widgetHeight(port: Port, value?: JsonValue): number {
  switch (port.widget?.kind) {
    case "multiline":
    case "json":
      return 84;
    case "image":
    case "mask":
    case "video":
    case "file":
      return value === undefined || value === null || value === "" ? 56 : 120;
    default:
      return ROW;
  }
}

/** Whether a param has another value than its default, or than the one it came with. */
export function isChanged(port: Port, value: JsonValue | undefined, given?: JsonValue): boolean {
  return value !== undefined && !jsonEqual(value, defaultOf(port) ?? null) && !jsonEqual(value, given);
}

function defaultOf({ default: value }: Port): JsonValue | undefined {
  return isJson(value) ? value : undefined;
}

/** Outputs of nodes that show pictures: while they compute, or when they are done. */
const PICTURED: ReadonlySet<string> = new Set(["latents", "list[image]", "video"]);

/** The width of a node: as chosen, else wide enough for what it shows or will show, so that no picture widens it. */
function nodeWidth(node: GraphNode, ports: NodePorts | undefined): number {
  if (node.width !== undefined) return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, node.width));
  const wide =
    (ports?.inputs ?? []).some((port) => isRoomy(port) && port.advanced !== true) ||
    (ports?.outputs ?? []).some((port) => PICTURED.has(port.type) && port.advanced !== true);
  return wide ? WIDE_WIDTH : USUAL_WIDTH;
}

/** Lays a node out. `ports` is undefined as long as nothing is known of its type. */
export function measure(node: GraphNode, ports: NodePorts | undefined, around: Surroundings): NodeBox {
  const width = nodeWidth(node, ports);
  if (node.collapsed === true) return collapsedBox(width, around);
  let y = HEADER;
  const take = (height: number): Place => {
    const place = { y, height };
    y += height;
    return place;
  };
  const problem = around.problem ? take(PROBLEM) : null;
  const preview = around.media === null ? null : take(mediaHeight(width, around.media));
  y += PAD;
  const rows = plan(node, ports, around).map((row): Row => ({ ...row, ...take(rowHeight(row, node)) }));
  const result = around.result ? take(RESULT) : null;
  y += PAD;
  const footer = around.footer ? take(FOOTER) : null;
  return {
    width,
    height: y,
    problem,
    preview,
    rows,
    result,
    footer,
    handles: rows.flatMap((row) => handlesOf(row, width)),
  };
}

function mediaHeight(width: number, { count, aspect }: Media): number {
  const columns = mediaColumns(count);
  const rows = Math.ceil(count / columns);
  return Math.round(Math.min(1.5, Math.max(0.4, (aspect * rows) / columns)) * width);
}

/** How many pictures stand side by side. */
export function mediaColumns(count: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(count)));
}

function collapsedBox(width: number, around: Surroundings): NodeBox {
  const y = HEADER / 2;
  const handles = [
    ...around.inputs.map((id): NodeHandle => ({ id, side: "target", x: 0, y })),
    ...around.outputs.map((id): NodeHandle => ({ id, side: "source", x: width, y })),
  ];
  return { width, height: HEADER, problem: null, preview: null, rows: [], result: null, footer: null, handles };
}

type PlannedRow = Row extends infer R ? (R extends Row ? Omit<R, "y" | "height"> : never) : never;

/** The lines from top to bottom: ports, params, what is folded away, and what has lost its port. */
function plan(node: GraphNode, ports: NodePorts | undefined, around: Surroundings): PlannedRow[] {
  const inputs = ports?.inputs ?? [];
  const outputs = ports?.outputs ?? [];
  const isFolded = (port: Port, connected: readonly string[]) =>
    port.advanced === true && !connected.includes(port.name);
  const foldedInputs = inputs.filter((port) => isFolded(port, around.inputs));
  const foldedOutputs = outputs.filter((port) => isFolded(port, around.outputs));
  const rows = section(
    inputs.filter((port) => !foldedInputs.includes(port)),
    outputs.filter((port) => !foldedOutputs.includes(port)),
    around,
  );
  const count = foldedInputs.length + foldedOutputs.length;
  if (count > 0) {
    const open = node.advanced === true;
    const changed = foldedInputs.filter((port) =>
      isChanged(port, node.params[port.name], around.given[port.name]),
    ).length;
    rows.push({ kind: "fold", count, changed, open });
    if (open) rows.push(...section(foldedInputs, foldedOutputs, around));
  }
  if (ports?.pending === true && outputs.length === 0) {
    rows.push(...[0, 1, 2].map((index): PlannedRow => ({ kind: "skeleton", index })));
  }
  rows.push(...lostRows(node, ports, around));
  return rows;
}

function section(inputs: readonly Port[], outputs: readonly Port[], around: Surroundings): PlannedRow[] {
  const bare = inputs.filter((port) => (port.widget ?? null) === null);
  const rows: PlannedRow[] = [];
  for (let index = 0; index < Math.max(bare.length, outputs.length); index++) {
    rows.push({ kind: "ports", input: bare[index] ?? null, output: outputs[index] ?? null });
  }
  for (const port of inputs) {
    if (!bare.includes(port)) rows.push({ kind: "param", port, connected: around.inputs.includes(port.name) });
  }
  return rows;
}

/** Edges keep a place to end at even if their port is gone; values without a port are shown as long as nothing is pending. */
function lostRows(node: GraphNode, ports: NodePorts | undefined, around: Surroundings): PlannedRow[] {
  const inputs = new Set((ports?.inputs ?? []).map((port) => port.name));
  const outputs = new Set((ports?.outputs ?? []).map((port) => port.name));
  const rows: PlannedRow[] = around.inputs
    .filter((name) => !inputs.has(name))
    .map((input) => ({ kind: "lost", input, output: null }));
  rows.push(
    ...around.outputs
      .filter((name) => !outputs.has(name))
      .map((output): PlannedRow => ({ kind: "lost", input: null, output })),
  );
  if (ports?.pending === true) return rows;
  for (const [name, value] of Object.entries(node.params)) {
    if (!inputs.has(name) && !around.inputs.includes(name))
      rows.push({ kind: "lost", input: name, output: null, value });
  }
  return rows;
}

function rowHeight(row: PlannedRow, node: GraphNode): number {
  if (row.kind !== "param" || row.connected || !isTall(row.port)) return ROW;
  return LABEL + widgetHeight(row.port, node.params[row.port.name] ?? defaultOf(row.port)) + TALL_GAP;
}

function handlesOf(row: Row, width: number): NodeHandle[] {
  const y = row.y + (row.kind === "param" && !row.connected && isTall(row.port) ? LABEL : ROW) / 2;
  switch (row.kind) {
    case "ports":
      return sides(row.input?.name ?? null, row.output?.name ?? null, width, y);
    case "lost":
      return row.value === undefined ? sides(row.input, row.output, width, y) : [];
    case "param":
      return sides(row.port.name, null, width, y);
    case "fold":
    case "skeleton":
      return [];
  }
}

function sides(input: string | null, output: string | null, width: number, y: number): NodeHandle[] {
  const handles: NodeHandle[] = [];
  if (input !== null) handles.push({ id: input, side: "target", x: 0, y });
  if (output !== null) handles.push({ id: output, side: "source", x: width, y });
  return handles;
}
