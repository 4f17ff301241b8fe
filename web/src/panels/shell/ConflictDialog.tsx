/** Shows both versions of a workflow that was saved elsewhere in between, and asks which to keep. */
import { useMemo } from "react";
import { nodeTitle } from "@/canvas/titles";
import type { JsonValue } from "@/api/types";
import type { Doc } from "@/graph/types";
import { text } from "@/strings";
import { activeTab, nodePorts, resolveConflict, useTab, type Conflict, type Tab } from "@/store/editor";
import { useCatalogue } from "@/store/catalogue";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { assertNever } from "@/store/assert";
import { decideLater, useIsPutOff } from "./conflictChoice";
import { differences, type Differences, type NodeDifference } from "./differences";
import { when } from "@/ui/format";
import { GraphOutline } from "./GraphOutline";
import { useRevisions } from "./useGraphs";

const words = text.shell.conflict;

export function ConflictDialog() {
  const tab = useTab((tab) => tab);
  const { conflict } = tab;
  const putOff = useIsPutOff(conflict);
  if (conflict === null || putOff) return null;
  return <OpenConflict tab={tab} conflict={conflict} />;
}

interface OpenConflictProps {
  tab: Tab;
  conflict: Conflict;
}

function OpenConflict({ tab, conflict }: OpenConflictProps) {
  const later = () => decideLater(conflict);
  const { data: revisions } = useRevisions(tab.saved?.id ?? null);
  const saved = revisions?.find(({ revision }) => revision === conflict.revision)?.saved;
  const changed = tab.history.past.at(-1)?.time;
  const found = useMemo(() => differences(tab.doc, conflict.theirs), [tab.doc, conflict.theirs]);
  return (
    <Dialog
      open
      onOpenChange={later}
      title={words.title}
      description={words.text}
      footer={
        <>
          <Button variant="ghost" className="mr-auto" onClick={later}>
            {words.later}
          </Button>
          <Button onClick={() => void resolveConflict("both")}>{words.keepBoth}</Button>
          <Button onClick={() => void resolveConflict("theirs")}>{words.takeTheirs}</Button>
          <Button onClick={() => void resolveConflict("mine")}>{words.keepMine}</Button>
        </>
      }
    >
      <div className="grid grid-cols-2 gap-3">
        <Version title={words.mine} doc={tab.doc} {...(changed !== undefined && { changed: changed / 1000 })} />
        <Version title={words.theirs} doc={conflict.theirs} {...(saved !== undefined && { changed: saved })} />
      </div>
      <h3 className="mt-4 mb-1 text-xs font-medium text-muted">{words.differences}</h3>
      <DifferenceList found={found} />
    </Dialog>
  );
}

function Version({ title, doc, changed }: { title: string; doc: Doc; changed?: number }) {
  return (
    <section aria-label={title} className="rounded-panel border border-line p-3">
      <h3 className="text-sm font-semibold text-strong">{title}</h3>
      <p className="text-xs text-muted tabular-nums">{words.counts(doc.nodes.length, doc.edges.length)}</p>
      <p className="text-xs text-muted tabular-nums">
        {changed === undefined ? "\u00a0" : words.changed(when(changed))}
      </p>
      <GraphOutline doc={doc} className="mt-2 h-20 w-full" />
    </section>
  );
}

function DifferenceList({ found: { nodes, edges } }: { found: Differences }) {
  const { byType } = useCatalogue();
  const sameEdges = edges.mine + edges.theirs === 0;
  if (nodes.length === 0 && sameEdges) return <p className="text-sm text-body">{words.same}</p>;
  return (
    <ul className="max-h-48 overflow-auto text-sm text-body">
      {nodes.flatMap((difference) =>
        linesOf(difference, nodeTitle(difference.node, byType.get(difference.node.type))).map((line, index) => (
          <li key={`${difference.node.id} ${index}`} className="py-0.5 [overflow-wrap:anywhere]">
            {line}
          </li>
        )),
      )}
      {!sameEdges && <li className="py-0.5">{words.edges(edges.mine, edges.theirs)}</li>}
    </ul>
  );
}

/** One line for each param, with both values. */
function linesOf(difference: NodeDifference, title: string): readonly string[] {
  switch (difference.kind) {
    case "mine":
      return [words.onlyMine(title)];
    case "theirs":
      return [words.onlyTheirs(title)];
    case "changed": {
      const { node, params } = difference;
      if (params.length === 0) return [words.differs(title)];
      const inputs = nodePorts(activeTab(), node.id)?.inputs ?? [];
      return params.map(({ name, mine, theirs }) => {
        const port = inputs.find((port) => port.name === name)?.title || name;
        return words.paramDiffers(title, port, shown(mine), shown(theirs));
      });
    }
    default:
      return assertNever(difference);
  }
}

const MOST = 60;

function shown(value: JsonValue | undefined): string {
  if (value === undefined) return words.unset;
  const written = typeof value === "string" ? `“${value}”` : JSON.stringify(value);
  return written.length > MOST ? `${written.slice(0, MOST)}…` : written;
}
