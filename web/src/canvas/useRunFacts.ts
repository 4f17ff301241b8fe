/** What the run that is shown adds to the size of the nodes; new only when a size changes, not at each step. */
import { useCallback, useRef, useSyncExternalStore } from "react";
import type { NodeType } from "@/api/types";
import type { Doc, GraphNode } from "@/graph/types";
import { listenToNodes, nodeRun } from "@/store/records";
import { runFacts, type RunFacts } from "./facts";
import { hasPreview, listenToPreviewing } from "./previewing";

export type FactsOf = (node: GraphNode) => RunFacts;

interface Place {
  readonly tab: string;
  readonly run: string | null;
  readonly doc: Doc;
  readonly byType: ReadonlyMap<string, NodeType>;
}

export function useRunFacts({ tab, run, doc, byType }: Place): FactsOf {
  const last = useRef<{ facts: readonly RunFacts[]; of: FactsOf } | null>(null);
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = [listenToPreviewing(listener), ...(run === null ? [] : [listenToNodes(run, listener)])];
      return () => {
        for (const stop of stops) stop();
      };
    },
    [run],
  );
  const look = (): FactsOf => {
    const of = (node: GraphNode) =>
      runFacts({
        tab,
        node,
        type: byType.get(node.type),
        run: run === null ? undefined : nodeRun(run, node.id),
        preview: hasPreview(tab, node.id),
      });
    const facts = doc.nodes.map(of);
    const before = last.current;
    if (before?.facts.length === facts.length && before.facts.every((fact, index) => fact === facts[index]))
      return before.of;
    last.current = { facts, of };
    return of;
  };
  return useSyncExternalStore(subscribe, look);
}
