/** How large a node is drawn and where its handles lie: known without asking the page, so nodes need not be measured. */
import type { JsonValue, NodePorts, Port } from "@/api/types";
import { isJson, jsonEqual } from "./json";
import { fitsAcross, fitsBeside, hasRoom, labelColumn, SIDES, titleWidth } from "./labels";
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
const SHORT_JSON = 24;
/** More advanced ports than this can be searched. */
const MANY_FOLDED = 10;
/** More of them without a control than this are folded once more. */
const MANY_BARE = 6;

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
  readonly fold: FoldView;
}

/** What is shown of the advanced ports while they are folded out. */
export interface FoldView {
  /** Words that titles or names of the ports must hold. */
  readonly find: string;
  /** Whether the many ports without a control are shown, too. */
  readonly more: boolean;
}

export const WHOLE_FOLD: FoldView = { find: "", more: false };

export const ALONE: Surroundings = {
  inputs: [],
  outputs: [],
  given: {},
  media: null,
  problem: false,
  result: false,
  footer: false,
  fold: WHOLE_FOLD,
};

interface Place {
  readonly y: number;
  readonly height: number;
}

/** A line of the node. `lost`: a value or an edge whose port the node does not have now. */
export type Row = Place &
  (
    | { readonly kind: "ports"; readonly input: Port | null; readonly output: Port | null }
    | { readonly kind: "param"; readonly port: Port; readonly connected: boolean; readonly tall: boolean }
    | { readonly kind: "fold"; readonly count: number; readonly changed: number; readonly open: boolean }
    | { readonly kind: "find"; readonly count: number }
    | { readonly kind: "more"; readonly count: number; readonly open: boolean }
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
  /** How wide the labels beside the controls are. */
  readonly label: number;
  readonly problem: Place | null;
  readonly preview: Place | null;
  readonly rows: readonly Row[];
  readonly result: Place | null;
  readonly footer: Place | null;
  readonly handles: readonly NodeHandle[];
}

/** Whether the control of a param stands below its label, over the whole width. */
function isTall(port: Port, value: JsonValue | undefined, { width, label }: Columns): boolean {
  const kind = port.widget?.kind;
  const now = value ?? defaultOf(port);
  if (kind === "json" && port.advanced === true && isShort(now)) return false;
  if (isChoice(port)) return !fitsBeside(chosen(port, now), width, label);
  return kind === "repo" || isRoomy(port);
}

function isChoice({ widget }: Port): boolean {
  return widget?.kind === "select" || widget?.kind === "combobox";
}

/** What stands in a list to choose from. */
function chosen({ widget }: Port, value: JsonValue | undefined): string {
  return (typeof value === "string" ? value : "") || (widget?.placeholder ?? "");
}

/** The width of a node, and of the labels in it. */
interface Columns {
  readonly width: number;
  readonly label: number;
}

/** Whether JSON can be read in one line beside its label. */
function isShort(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || JSON.stringify(value).length <= SHORT_JSON;
}

const ROOMY: ReadonlySet<string> = new Set(["multiline", "json", "image", "mask", "video", "file"]);

/** Whether it wants a wide node besides. */
function isRoomy({ widget }: Port): boolean {
  const kind = widget?.kind;
  return kind !== undefined && ROOMY.has(kind);
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
  const inputs = ports?.inputs ?? [];
  const wide =
    inputs.some((port) => isRoomy(port) && port.advanced !== true) ||
    inputs.some((port) => isBeside(port) && !hasRoom(port, USUAL_WIDTH)) ||
    inputs.some((port) => isChoice(port) && !fitsAcross(chosen(port, node.params[port.name]), USUAL_WIDTH)) ||
    isUnknown(ports) ||
    (ports?.outputs ?? []).some((port) => PICTURED.has(port.type) && port.advanced !== true);
  return wide ? WIDE_WIDTH : USUAL_WIDTH;
}

/** Whether nothing is known yet of what the node makes. Most nodes of which that holds become wide ones. */
function isUnknown(ports: NodePorts | undefined): boolean {
  return ports?.pending === true && (ports.outputs ?? []).length === 0;
}

/** Whether its control may stand beside its label; that of a seed takes the room that it needs. */
function isBeside(port: Port): boolean {
  const kind = port.widget?.kind;
  if (kind === undefined || kind === "seed" || kind === "repo") return false;
  return !isRoomy(port) || (kind === "json" && port.advanced === true);
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
  const beside = (ports?.inputs ?? []).filter(
    (port) =>
      isBeside(port) && !around.inputs.includes(port.name) && (port.advanced !== true || node.advanced === true),
  );
  const label = labelColumn(beside, width);
  const rows = plan(node, ports, around, { width, label }).map((row): Row => ({
    ...row,
    ...take(rowHeight(row, node)),
  }));
  const result = around.result ? take(RESULT) : null;
  y += PAD;
  const footer = around.footer ? take(FOOTER) : null;
  return {
    width,
    height: y,
    label,
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
  return {
    width,
    height: HEADER,
    label: 0,
    problem: null,
    preview: null,
    rows: [],
    result: null,
    footer: null,
    handles,
  };
}

type PlannedRow = Row extends infer R ? (R extends Row ? Omit<R, "y" | "height"> : never) : never;

/** The lines from top to bottom: ports, params, what is folded away, and what has lost its port. */
function plan(node: GraphNode, ports: NodePorts | undefined, around: Surroundings, columns: Columns): PlannedRow[] {
  const inputs = ports?.inputs ?? [];
  const outputs = ports?.outputs ?? [];
  const isFolded = (port: Port, connected: readonly string[]) =>
    port.advanced === true && !connected.includes(port.name);
  const foldedInputs = inputs.filter((port) => isFolded(port, around.inputs));
  const foldedOutputs = outputs.filter((port) => isFolded(port, around.outputs));
  const rows = section(
    inputs.filter((port) => !foldedInputs.includes(port)),
    outputs.filter((port) => !foldedOutputs.includes(port)),
    { node, around, columns },
  );
  if (isUnknown(ports)) {
    rows.push(...lostRows(node, ports, around));
    rows.push(...[0, 1].map((index): PlannedRow => ({ kind: "skeleton", index })));
    return rows;
  }
  const count = foldedInputs.length + foldedOutputs.length;
  if (count > 0) {
    const open = node.advanced === true;
    const changed = foldedInputs.filter((port) =>
      isChanged(port, node.params[port.name], around.given[port.name]),
    ).length;
    rows.push({ kind: "fold", count, changed, open });
    if (open) rows.push(...foldedOut(foldedInputs, foldedOutputs, { node, around, columns }));
  }
  rows.push(...lostRows(node, ports, around));
  return rows;
}

interface Setting {
  readonly node: GraphNode;
  readonly around: Surroundings;
  readonly columns: Columns;
}

/** The advanced ports: if they are many, with a search; what can be set first, other ports folded once more. */
function foldedOut(inputs: readonly Port[], outputs: readonly Port[], setting: Setting): PlannedRow[] {
  if (inputs.length + outputs.length <= MANY_FOLDED) return section(inputs, outputs, setting);
  const { find, more } = setting.around.fold;
  const isFound = (port: Port) => holds(port, find);
  const params = inputs.filter((port) => hasControl(port) && isFound(port));
  const bareInputs = inputs.filter((port) => !hasControl(port) && isFound(port));
  const bareOutputs = outputs.filter(isFound);
  const count = bareInputs.length + bareOutputs.length;
  const rows: PlannedRow[] = [{ kind: "find", count: params.length + count }, ...section(params, [], setting)];
  const apart = find === "" && count > MANY_BARE;
  if (apart) rows.push({ kind: "more", count, open: more });
  if (!apart || more) rows.push(...section(bareInputs, bareOutputs, setting));
  return rows;
}

function holds({ title = "", name }: Port, find: string): boolean {
  const texts = `${title} ${name}`.toLowerCase();
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => texts.includes(word));
}

function hasControl(port: Port): boolean {
  return (port.widget ?? null) !== null;
}

/** An input and an output share a line if both can be read there. */
function section(inputs: readonly Port[], outputs: readonly Port[], { node, around, columns }: Setting): PlannedRow[] {
  const rows: PlannedRow[] = [];
  const waiting = [...outputs];
  for (const input of inputs.filter((port) => !hasControl(port))) {
    const output = waiting[0];
    const fits = output !== undefined && rowTitle(input) + rowTitle(output) <= columns.width - SIDES - 12;
    if (fits) waiting.shift();
    rows.push({ kind: "ports", input, output: fits ? output : null });
  }
  for (const output of waiting) rows.push({ kind: "ports", input: null, output });
  for (const port of inputs) {
    const connected = around.inputs.includes(port.name);
    const tall = !connected && isTall(port, node.params[port.name], columns);
    if (hasControl(port)) rows.push({ kind: "param", port, connected, tall });
  }
  return rows;
}

/** With the star of what is required. */
function rowTitle(port: Port): number {
  return titleWidth(port) + (port.required === true ? 10 : 0);
}

/**
 * Edges keep a place to end at even if their port is gone, or is being found out. Values without a port are shown if
 * nothing is pending.
 */
function lostRows(node: GraphNode, ports: NodePorts | undefined, around: Surroundings): PlannedRow[] {
  const inputs = new Set((ports?.inputs ?? []).map((port) => port.name));
  const outputs = new Set((ports?.outputs ?? []).map((port) => port.name));
  if (ports?.pending === true) {
    const input = around.inputs.filter((name) => !inputs.has(name)).map(expected);
    const output = around.outputs.filter((name) => !outputs.has(name)).map(expected);
    return Array.from({ length: Math.max(input.length, output.length) }, (_, index) => ({
      kind: "ports",
      input: input[index] ?? null,
      output: output[index] ?? null,
    }));
  }
  const rows: PlannedRow[] = around.inputs
    .filter((name) => !inputs.has(name))
    .map((input) => ({ kind: "lost", input, output: null }));
  rows.push(
    ...around.outputs
      .filter((name) => !outputs.has(name))
      .map((output): PlannedRow => ({ kind: "lost", input: null, output })),
  );
  for (const [name, value] of Object.entries(node.params)) {
    if (!inputs.has(name) && !around.inputs.includes(name))
      rows.push({ kind: "lost", input: name, output: null, value });
  }
  return rows;
}

/** A port of which only the name is known, from its edge. */
function expected(name: string): Port {
  const words = name.replaceAll("_", " ");
  return { name, title: words.charAt(0).toUpperCase() + words.slice(1), type: "any" };
}

function rowHeight(row: PlannedRow, node: GraphNode): number {
  if (row.kind !== "param" || !row.tall) return ROW;
  return LABEL + widgetHeight(row.port, node.params[row.port.name] ?? defaultOf(row.port)) + TALL_GAP;
}

function handlesOf(row: Row, width: number): NodeHandle[] {
  const y = row.y + (row.kind === "param" && row.tall ? LABEL : ROW) / 2;
  switch (row.kind) {
    case "ports":
      return sides(row.input?.name ?? null, row.output?.name ?? null, width, y);
    case "lost":
      return row.value === undefined ? sides(row.input, row.output, width, y) : [];
    case "param":
      return sides(row.port.name, null, width, y);
    case "fold":
    case "find":
    case "more":
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
