/** Edits of block nodes that the server works out: one node becomes several, several become one, a block is put in. */
import { ApiError } from "@/api/client";
import { collapse, expand, insert, type GraphEdit, type Insertion } from "@/api/blocks";
import type { GraphDocument, Problem } from "@/api/types";
import { readReplacement, replaceNodes } from "@/graph/commands";
import { DocumentError, saveDoc } from "@/graph/document";
import { dispatch, select } from "@/store/editing";
import { revealNodes } from "@/store/focus";
import { sameMeaning } from "@/store/meaning";
import { activeTab, tabOf, type Tab } from "@/store/tabs";
import { toast } from "@/store/toasts";
import { text } from "@/strings";

const words = text.canvas.blocks;

/** Puts the stages of a pipeline, or the blocks of a stage, in the place of a node. */
export function expandNode(id: string, title: string): Promise<boolean> {
  return edit(words.commands.expand(title), words.failed.expand(title), (graph) => expand(graph, id));
}

/** Puts one node in the place of several block nodes. */
export function collapseNodes(ids: readonly string[]): Promise<boolean> {
  return edit(words.commands.collapse(ids.length), words.failed.collapse, (graph) => collapse(graph, ids));
}

/** Puts a block among those that a node runs. */
export function insertBlock(insertion: Insertion): Promise<boolean> {
  const what = insertion.name || insertion.block || insertion.repo || "";
  return edit(words.commands.insert(what), words.failed.insert, (graph) => insert(graph, insertion));
}

/** Asks, and applies the answer as one step to undo; the new nodes are selected. False if nothing came of it. */
async function edit(
  name: string,
  failure: string,
  ask: (graph: GraphDocument) => Promise<GraphEdit>,
): Promise<boolean> {
  const asked = activeTab();
  try {
    const answer = await ask(saveDoc(asked.doc));
    const tab = tabOf(asked.id);
    if (tab === undefined) return false;
    return apply(tab, asked, answer, name, failure);
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof DocumentError)) throw error;
    const problem = error instanceof ApiError ? error.problem : { message: error.message };
    tell(failure, problem);
    return false;
  }
}

function apply(tab: Tab, asked: Tab, answer: GraphEdit, name: string, failure: string): boolean {
  const problems = answer.problems ?? [];
  const problem = problems.find(({ severity }) => severity !== "warning");
  const replacement = readReplacement(answer);
  const { addNodes, removeNodes, addEdges, removeEdges } = replacement;
  if (problem || addNodes.length + removeNodes.length + addEdges.length + removeEdges.length === 0) {
    tell(failure, problem ?? { message: words.failed.nothing });
    return false;
  }
  if (!sameMeaning(tab.doc, asked.doc)) {
    tell(failure, { message: words.failed.changed });
    return false;
  }
  dispatch(replaceNodes(replacement, name), tab.id);
  if (activeTab().id === tab.id) {
    const added = addNodes.map(({ id }) => id);
    select(added);
    revealNodes(added);
  }
  for (const { message, remedy } of problems)
    toast({ kind: "warning", title: message, ...(remedy && { text: remedy }) });
  return true;
}

function tell(title: string, { message, remedy, details }: Pick<Problem, "message" | "remedy" | "details">): void {
  const sentence = [message, remedy].filter(Boolean).join(" ");
  toast({ kind: "error", title, text: sentence, ...(details && { details }) });
}
