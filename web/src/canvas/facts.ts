/** What the run that is shown adds to the size of each node. What a node once showed keeps its place while it runs again. */
import type { NodeType } from "@/api/types";
import type { Media } from "@/graph/measure";
import type { GraphNode } from "@/graph/types";
import type { NodeRunView } from "@/store/runs";
import { picturesIn, wordsIn, type Picture } from "./pictures";

export interface RunFacts {
  readonly media: Media | null;
  readonly result: boolean;
  readonly footer: boolean;
  readonly failed: boolean;
}

const NO_FACTS: RunFacts = { media: null, result: false, footer: false, failed: false };

/** What a node showed last, by tab and node: kept while it runs again. */
const lastShown = new Map<string, { facts: RunFacts; pictures: readonly Picture[] }>();

const key = (tab: string, node: string) => `${tab} ${node}`;

export function lastPictures(tab: string, node: string): readonly Picture[] {
  return lastShown.get(key(tab, node))?.pictures ?? [];
}

interface Seen {
  readonly tab: string;
  readonly node: GraphNode;
  readonly type: NodeType | undefined;
  readonly run: NodeRunView | undefined;
  readonly preview: boolean;
}

/** The facts of one node; the same object as before if nothing changed. */
export function runFacts({ tab, node, type, run, preview }: Seen): RunFacts {
  const place = key(tab, node.id);
  const before = lastShown.get(place);
  if (run === undefined && !preview) return before?.facts ?? NO_FACTS;
  const found = run === undefined ? [] : picturesIn(run.outputs);
  const pictures = found.length > 0 ? found : (before?.pictures ?? []);
  const words = type?.output === true && found.length === 0 && run !== undefined && wordsIn(run.outputs).length > 0;
  const facts: RunFacts = {
    media: mediaOf(pictures, preview, node) ?? (hasResult(run) ? null : (before?.facts.media ?? null)),
    result: words || (before?.facts.result ?? false),
    footer: (before?.facts.footer ?? false) || (run !== undefined && run.state !== "queued" && run.state !== "running"),
    failed: run?.problem !== undefined && run.problem !== null,
  };
  if (before && before.pictures === pictures && sameFacts(before.facts, facts)) return before.facts;
  lastShown.set(place, { facts, pictures });
  return facts;
}

function hasResult(run: NodeRunView | undefined): boolean {
  return run?.state === "succeeded" || run?.state === "unneeded";
}

function mediaOf(pictures: readonly Picture[], preview: boolean, node: GraphNode): Media | null {
  const first = pictures[0];
  if (first) return { count: pictures.length, aspect: first.aspect };
  return preview ? { count: 1, aspect: expectedAspect(node) } : null;
}

/** Before the first picture is there: as high and wide as the node is told to make it. */
function expectedAspect({ params: { width, height } }: GraphNode): number {
  return typeof width === "number" && typeof height === "number" && width > 0 ? height / width : 1;
}

function sameFacts(one: RunFacts, other: RunFacts): boolean {
  return (
    one.result === other.result &&
    one.footer === other.footer &&
    one.failed === other.failed &&
    one.media?.count === other.media?.count &&
    one.media?.aspect === other.media?.aspect
  );
}
