/** Edges wished for before the ports of a new node are known: drawn as soon as the server tells them. */
import type { NodePorts } from "@/api/types";
import { connect } from "@/graph/commands";
import { nodeById } from "@/graph/document";
import type { History } from "@/graph/history";
import { amend } from "@/store/editing";
import { dispatch, tabOf, useEditor, type Tab } from "@/store/editor";
import { firstFit, type End } from "./connecting";

interface Wish {
  readonly tab: string;
  readonly node: string;
  readonly from: End;
  /** With the node as its last step. */
  readonly history: History;
}

const wishes = new Set<Wish>();
let stop: (() => void) | null = null;

/** Connects `from` to the new node as soon as its ports are known; in the step that added it if that is the last. */
export function wishEdge({ id, history }: Tab, node: string, from: End): void {
  wishes.add({ tab: id, node, from, history });
  stop ??= useEditor.subscribe(check);
}

function check(): void {
  for (const wish of wishes) {
    const tab = tabOf(wish.tab);
    const there = tab !== undefined && nodeById(tab.doc, wish.node) !== undefined;
    const ports = there ? tab.compiled?.nodes[wish.node] : undefined;
    if (there && (ports === undefined || ports.pending === true)) continue;
    wishes.delete(wish);
    if (there && ports !== undefined) fulfil(wish, tab, ports);
  }
  if (wishes.size > 0) return;
  stop?.();
  stop = null;
}

function fulfil({ node, from, history }: Wish, tab: Tab, ports: NodePorts): void {
  const verdict = firstFit(tab.doc, from, { id: node, title: "" }, ports);
  if (verdict?.fits !== true) return;
  const command = connect(verdict.edge, { many: verdict.many });
  if (tab.history === history) amend(command, tab.id);
  else dispatch(command, tab.id);
}
