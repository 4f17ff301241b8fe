/** The graph as the canvas holds it: immutable, the server's document plus the view data that only the canvas reads. */
import type { JsonValue } from "@/api/types";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Mode = "bypassed" | "muted";

/** One use of a node type. Fields the canvas does not know are kept in `extra` and saved again as they were. */
export interface GraphNode {
  readonly id: string;
  readonly type: string;
  readonly params: Readonly<Record<string, JsonValue>>;
  readonly position: Point;
  readonly mode?: Mode;
  /** What a person called it; else the title of its type or preset is shown. */
  readonly title?: string;
  /** Chosen width in px; else the usual one. */
  readonly width?: number;
  readonly collapsed?: boolean;
  /** Whether advanced ports are shown. */
  readonly advanced?: boolean;
  readonly extra?: Readonly<Record<string, JsonValue>>;
}

/** From an output to an input, by React Flow's names. `points` are reroute points in canvas coordinates, in order. */
export interface GraphEdge {
  readonly source: string;
  readonly sourceHandle: string;
  readonly target: string;
  readonly targetHandle: string;
  readonly points?: readonly Point[];
  readonly extra?: Readonly<Record<string, JsonValue>>;
}

export type Tint = "grey" | "red" | "amber" | "green" | "teal" | "blue" | "violet" | "pink";

/** A titled box behind nodes; a node belongs to it if its centre lies inside. */
export interface Group extends Point, Size {
  readonly id: string;
  readonly title: string;
  readonly tint: Tint;
  readonly extra?: Readonly<Record<string, JsonValue>>;
}

/** A piece of Markdown on the canvas. */
export interface Note extends Point, Size {
  readonly id: string;
  readonly text: string;
  readonly tint: Tint;
  readonly extra?: Readonly<Record<string, JsonValue>>;
}

export interface Viewport extends Point {
  readonly zoom: number;
}

/** A whole graph. Nodes and edges keep their order; ids are unique. */
export interface Doc {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly groups: readonly Group[];
  readonly notes: readonly Note[];
  readonly viewport: Viewport | null;
  readonly lock: Readonly<Record<string, JsonValue>>;
  /** Other view data, kept as it was. */
  readonly viewExtra: Readonly<Record<string, JsonValue>>;
}

/** Where something goes; groups and notes may get a new size with it. */
export type Placement = Point & Partial<Size>;

/**
 * A change with a name for the undo menu. `merge`: consecutive commands with the same value become one step.
 * `viewport`: the change brings a view of its own; undo of any other leaves the view where it is. `lock`: the same for
 * the commits of the repos, which are pinned as they become known.
 */
export interface Command {
  readonly name: string;
  readonly merge?: string;
  readonly viewport?: true;
  readonly lock?: true;
  readonly apply: (doc: Doc) => Doc;
}
