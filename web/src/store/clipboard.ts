/** Copy and paste of what is selected, as text that other tabs and windows take too. */
import { copyFragment, parseFragment, serialiseFragment } from "@/graph/clipboard";
import { addedIds, pasteItems, removeItems } from "@/graph/commands";
import { edgeId } from "@/graph/document";
import type { Doc, Point } from "@/graph/types";
import { dispatch, select } from "@/store/editing";
import { activeTab } from "@/store/tabs";

/** How far a paste without a place lies from where the last one was. */
const OFFSET = 24;

/** The selection as text for the clipboard; null if nothing that can be copied is selected. */
export function copySelection(): string | null {
  const { doc, selection } = activeTab();
  const chosen = [...doc.nodes, ...doc.groups, ...doc.notes].filter(({ id }) => selection.has(id));
  if (chosen.length === 0) return null;
  return serialiseFragment(
    copyFragment(
      doc,
      chosen.map(({ id }) => id),
    ),
  );
}

/** Removes what is selected and returns it as text for the clipboard. */
export function cutSelection(): string | null {
  const text = copySelection();
  removeSelection();
  return text;
}

export function removeSelection(): void {
  const { doc, selection } = activeTab();
  const chosen = (items: readonly { readonly id: string }[]) =>
    items.map(({ id }) => id).filter((id) => selection.has(id));
  dispatch(
    removeItems({
      nodes: chosen(doc.nodes),
      groups: chosen(doc.groups),
      notes: chosen(doc.notes),
      edges: doc.edges.map(edgeId).filter((id) => selection.has(id)),
    }),
  );
}

/** Pastes copied items, at `at` or beside the middle of the view, and selects them. False if the text is no such thing. */
export function pasteText(text: string, at?: Point): boolean {
  const fragment = parseFragment(text);
  if (fragment === null) return false;
  const before = activeTab().doc;
  dispatch(pasteItems(fragment, at ?? besideLast(before)));
  select(addedIds(before, activeTab().doc));
  return true;
}

function besideLast(doc: Doc): Point {
  const last = doc.nodes.at(-1)?.position ?? { x: 0, y: 0 };
  return { x: last.x + OFFSET, y: last.y + OFFSET };
}
