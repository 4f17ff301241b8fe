/** Which nodes wait for which download. */
import { isBlockNode, reposOf, splitRepo } from "./blocks";
import { edgesInto, nodeById } from "./document";
import { pins } from "./lock";
import type { Doc, GraphNode } from "./types";

export interface Waiting {
  /** Repos that are being downloaded. */
  readonly repos: ReadonlySet<string>;
  /** Whether the ports of a node are being found out. */
  readonly isPending: (node: string) => boolean;
  readonly isRunning: (node: string) => boolean;
}

/**
 * The repo that each waiting node waits for. Ports wait for the repos that the node names; a run waits for weights of
 * the pipeline above it too, and of the repos that this refers to, which only the lock tells.
 */
export function waits(doc: Doc, { repos, isPending, isRunning }: Waiting): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const node of doc.nodes) {
    const named = isPending(node.id) ? namesOf(node) : isRunning(node.id) && isBlockNode(node) ? above(doc, node) : [];
    const repo = named.find((each) => repos.has(each));
    if (repo !== undefined) found.set(node.id, repo);
  }
  return found;
}

const namesOf = (node: GraphNode) => reposOf(node).map((named) => splitRepo(named).repo);

/** The repos that a node and those it depends on name, then those that no node names but the graph uses. */
function above(doc: Doc, node: GraphNode): readonly string[] {
  const seen = new Set([node.id]);
  const queue = [node.id];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const { source } of edgesInto(doc, id)) {
      if (!seen.has(source)) queue.push(source);
      seen.add(source);
    }
  }
  const mine = [...seen].flatMap((id) => {
    const found = nodeById(doc, id);
    return found ? namesOf(found) : [];
  });
  const named = new Set(doc.nodes.flatMap(namesOf));
  const others = [...pins(doc.lock).keys()].map((pinned) => splitRepo(pinned).repo);
  return [...mine, ...others.filter((repo) => !named.has(repo))];
}
