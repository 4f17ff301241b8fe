/** Parts of a graph document as the canvas holds them. What is not understood goes to `extra`. */
import type { JsonValue } from "@/api/types";
import { DocumentError } from "./errors";
import { isList, isObject, type JsonObject, shown } from "./json";
import type { GraphEdge, GraphNode, Group, Mode, Note, Point, Size, Tint, Viewport } from "./types";

const NODE_ID = /^[A-Za-z0-9_-]{1,64}$/;
export const TINTS = ["grey", "red", "amber", "green", "teal", "blue", "violet", "pink"] as const satisfies Tint[];

const FRAME_SIZE: Size = { width: 280, height: 160 };

/** A node of a document. Raises DocumentError for what the server would refuse too. */
export function readNode(raw: JsonValue, index: number): GraphNode {
  if (!isObject(raw)) throw new DocumentError(`The node nodes[${index}] is ${shown(raw)}; it must be an object.`);
  const { id, type, params = {}, position = {}, mode = null, title, width, collapsed, advanced, ...rest } = raw;
  if (typeof id !== "string" || !NODE_ID.test(id)) {
    throw new DocumentError(
      `The node nodes[${index}] has the id ${shown(id)}; an id is 1 to 64 letters, digits, - and _.`,
    );
  }
  if (typeof type !== "string" || type === "") throw wrong(`Node ${id}`, "type", type, "the name of a node type");
  if (!isObject(params)) throw wrong(`Node ${id}`, "params", params, "an object");
  if (!isObject(position)) throw wrong(`Node ${id}`, "position", position, "an object");
  if (mode !== null && !isMode(mode)) throw wrong(`Node ${id}`, "mode", mode, '"bypassed" or "muted"');
  const { x = 0, y = 0, ...elsewhere } = position;
  if (typeof x !== "number" || typeof y !== "number") {
    throw wrong(`Node ${id}`, "position", typeof x === "number" ? y : x, "two numbers");
  }
  const extra: JsonObject = {
    ...rest,
    ...(Object.keys(elsewhere).length > 0 && { position: elsewhere }),
    ...(title !== undefined && typeof title !== "string" && { title }),
    ...(width !== undefined && !isLength(width) && { width }),
    ...(collapsed !== undefined && typeof collapsed !== "boolean" && { collapsed }),
    ...(advanced !== undefined && typeof advanced !== "boolean" && { advanced }),
  };
  return {
    id,
    type,
    params,
    position: { x, y },
    ...(mode !== null && { mode }),
    ...(typeof title === "string" && title !== "" && { title }),
    ...(isLength(width) && { width }),
    ...(collapsed === true && { collapsed }),
    ...(advanced === true && { advanced }),
    ...kept(extra),
  };
}

/** An edge of a document. Its nodes need not exist. */
export function readEdge(raw: JsonValue, index: number): GraphEdge {
  const owner = `The edge edges[${index}]`;
  if (!isObject(raw)) throw new DocumentError(`${owner} is ${shown(raw)}; it must be an object.`);
  const { source, sourceHandle, target, targetHandle, points, ...rest } = raw;
  if (typeof source !== "string") throw wrong(owner, "source", source, "text");
  if (typeof sourceHandle !== "string") throw wrong(owner, "sourceHandle", sourceHandle, "text");
  if (typeof target !== "string") throw wrong(owner, "target", target, "text");
  if (typeof targetHandle !== "string") throw wrong(owner, "targetHandle", targetHandle, "text");
  const route = isList(points) ? points.map(readPoint) : [];
  const known = route.every((point) => point !== null);
  return {
    source,
    sourceHandle,
    target,
    targetHandle,
    ...(known && route.length > 0 && { points: route }),
    ...kept(points !== undefined && !(known && isList(points)) ? { ...rest, points } : rest),
  };
}

/** A group of the view, mended where it can be; null if it is nothing like one. */
export function readGroup(raw: JsonValue): Group | null {
  if (!isObject(raw)) return null;
  const { id, title, tint, x, y, width, height, ...rest } = raw;
  return {
    id: typeof id === "string" && id !== "" ? id : "group",
    title: typeof title === "string" ? title : "",
    tint: readTint(tint),
    ...readBox(x, y, width, height),
    ...kept(rest),
  };
}

/** A note of the view, mended where it can be; null if it is nothing like one. */
export function readNote(raw: JsonValue): Note | null {
  if (!isObject(raw)) return null;
  const { id, text, tint, x, y, width, height, ...rest } = raw;
  return {
    id: typeof id === "string" && id !== "" ? id : "note",
    text: typeof text === "string" ? text : "",
    tint: readTint(tint),
    ...readBox(x, y, width, height),
    ...kept(rest),
  };
}

export function readViewport(raw: JsonValue | undefined): Viewport | null {
  const point = readPoint(raw);
  const zoom = isObject(raw) ? raw["zoom"] : undefined;
  return point && isLength(zoom) ? { ...point, zoom } : null;
}

/** The items of a list of the view; one that is no list is empty. */
export function readItems<T>(raw: JsonValue | undefined, read: (item: JsonValue) => T | null): readonly T[] {
  return isList(raw) ? raw.map(read).filter((item) => item !== null) : [];
}

export function wrong(owner: string, field: string, value: JsonValue | undefined, expected: string): DocumentError {
  if (value === undefined) return new DocumentError(`${owner} has no '${field}'.`);
  return new DocumentError(`${owner} has ${shown(value)} as '${field}'; it must be ${expected}.`);
}

function readPoint(raw: JsonValue | undefined): Point | null {
  if (!isObject(raw)) return null;
  const { x, y } = raw;
  return typeof x === "number" && typeof y === "number" ? { x, y } : null;
}

function readBox(x?: JsonValue, y?: JsonValue, width?: JsonValue, height?: JsonValue): Point & Size {
  return {
    x: typeof x === "number" ? x : 0,
    y: typeof y === "number" ? y : 0,
    width: isLength(width) ? width : FRAME_SIZE.width,
    height: isLength(height) ? height : FRAME_SIZE.height,
  };
}

function readTint(value: JsonValue | undefined): Tint {
  return TINTS.find((tint) => tint === value) ?? "grey";
}

function kept(extra: JsonObject): { readonly extra?: JsonObject } {
  return Object.keys(extra).length > 0 ? { extra } : {};
}

function isMode(value: JsonValue): value is Mode {
  return value === "bypassed" || value === "muted";
}

function isLength(value: JsonValue | undefined): value is number {
  return typeof value === "number" && value > 0;
}
