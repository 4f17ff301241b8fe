/** The nodes and edges to draw for the active tab. */
import { useMemo, useState } from "react";
import type { Point } from "@/graph/types";
import { useCatalogue } from "@/store/catalogue";
import { nodePorts, useEditor, useProblems, activeOf } from "@/store/editor";
import { foldOf, useFoldViews } from "@/store/folds";
import { FlowMaker, type Scene } from "./flow";
import { useRunFacts } from "./useRunFacts";
import { useWaits } from "./useWaits";

export function useScene(overlay: ReadonlyMap<string, Point>) {
  const [maker] = useState(() => new FlowMaker());
  const tab = useEditor(activeOf);
  const { byType } = useCatalogue();
  const { id, doc, selection, runs } = tab;
  const problems = useProblems();
  const troubled = useMemo(() => new Set(problems.map(({ node }) => node)), [problems]);
  const folds = useFoldViews();
  const factsOf = useRunFacts({ tab: id, run: runs, doc, byType });
  const waits = useWaits(tab);
  return useMemo(() => {
    const scene: Scene = {
      doc,
      selection,
      overlay,
      portsOf: (node) => nodePorts(tab, node),
      typeOf: (type) => byType.get(type),
      factsOf,
      hasProblem: (node) => troubled.has(node),
      foldOf: (node) => foldOf(folds, id, node),
      downloadOf: (node) => waits.get(node),
    };
    return { nodes: maker.nodes(scene), edges: maker.edges(scene) };
  }, [maker, tab, id, doc, selection, overlay, byType, factsOf, troubled, folds, waits]);
}
