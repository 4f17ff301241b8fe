/** Opening, closing and changing tabs. */
import { emptyDoc } from "@/graph/document";
import type { Doc } from "@/graph/types";
import { activeOf, newTab, useEditor, type Saved, type Tab } from "@/store/tabs";

/** Closed tabs that can be opened again. */
const REMEMBERED = 20;

/** Opens a document in a new tab and returns the tab's id. A tab in which nothing was done yet makes room. */
export function openTab(
  doc: Doc = emptyDoc(),
  { saved = null, run = null }: { saved?: Saved | null; run?: string | null } = {},
): string {
  const tab = newTab(doc, { saved, runs: run });
  useEditor.setState((state) => {
    const active = activeOf(state);
    const tabs =
      isBlank(active) && doc.nodes.length > 0 ? state.tabs.with(state.tabs.indexOf(active), tab) : [...state.tabs, tab];
    return { tabs, activeTab: tab.id };
  });
  return tab.id;
}

/** Closes a tab; `reopenClosed` brings it back. The last one leaves an empty tab behind. */
export function closeTab(id: string): void {
  const { tabs, activeTab, closed } = useEditor.getState();
  const index = tabs.findIndex((tab) => tab.id === id);
  const tab = tabs[index];
  if (tab === undefined) return;
  const left = tabs.toSpliced(index, 1);
  if (left.length === 0) left.push(newTab(emptyDoc()));
  const neighbour = left[Math.min(index, left.length - 1)];
  useEditor.setState({
    tabs: left,
    activeTab: activeTab === id && neighbour ? neighbour.id : activeTab,
    closed: isBlank(tab) ? closed : [...closed, tab].slice(-REMEMBERED),
  });
}

/** Opens the tab again that was closed last, as it was; false if there is none. */
export function reopenClosed(): boolean {
  const tab = useEditor.getState().closed.at(-1);
  return tab !== undefined && reopen(tab.id);
}

/** Opens a certain closed tab again; false if it is not remembered. */
export function reopen(id: string): boolean {
  const tab = useEditor.getState().closed.find((tab) => tab.id === id);
  if (tab === undefined) return false;
  useEditor.setState(({ tabs, closed }) => {
    const blank = tabs.length === 1 ? tabs.filter(isBlank) : [];
    return {
      tabs: [...tabs.filter((other) => !blank.includes(other)), tab],
      activeTab: tab.id,
      closed: closed.filter((other) => other !== tab),
    };
  });
  return true;
}

export function activateTab(id: string): void {
  if (useEditor.getState().tabs.some((tab) => tab.id === id)) useEditor.setState({ activeTab: id });
}

/** Moves a tab to a place among the others. */
export function moveTab(id: string, index: number): void {
  useEditor.setState(({ tabs }) => {
    const tab = tabs.find((tab) => tab.id === id);
    return tab === undefined ? {} : { tabs: tabs.filter((other) => other !== tab).toSpliced(index, 0, tab) };
  });
}

/** Puts tabs in the place of all there are, as after a reload. */
export function restoreTabs(tabs: readonly Tab[], active: string): void {
  if (tabs.length > 0) useEditor.setState({ tabs, activeTab: active });
}

/** A tab in which nothing was done yet. */
export function isBlank(tab: Tab): boolean {
  return (
    tab.doc.nodes.length === 0 &&
    tab.doc.notes.length === 0 &&
    tab.doc.groups.length === 0 &&
    !tab.dirty &&
    tab.saved === null
  );
}
