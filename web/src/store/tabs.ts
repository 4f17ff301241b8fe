/** The open tabs and what is in them: the state that the editor's commands change. */
import { create } from "zustand";
import type { CompileResult, NodePorts, Problem } from "@/api/types";
import { emptyDoc } from "@/graph/document";
import { emptyHistory, type History } from "@/graph/history";
import type { Doc } from "@/graph/types";

/** Where a tab's graph lies on the server, and which revision the tab builds upon. */
export interface Saved {
  readonly id: string;
  readonly revision: number;
}

/** Somebody else saved in between: their graph, and its revision. */
export interface Conflict {
  readonly theirs: Doc;
  readonly revision: number;
}

export interface Tab {
  readonly id: string;
  readonly doc: Doc;
  readonly history: History;
  /** Ids of nodes, groups, notes and edges. */
  readonly selection: ReadonlySet<string>;
  readonly saved: Saved | null;
  /** Seconds since the epoch by this machine's clock; null until it was saved from here. */
  readonly savedAt: number | null;
  /** Whether there are changes that the server does not have. */
  readonly dirty: boolean;
  readonly compiled: CompileResult | null;
  /** The last ports known of each node, of any compile answer. */
  readonly ports: ReadonlyMap<string, KnownPorts>;
  readonly compiling: boolean;
  /** Why the last run was refused, until the graph changes. */
  readonly refused: readonly Problem[];
  readonly conflict: Conflict | null;
  /** Id of the run that is shown. */
  readonly runs: string | null;
}

export interface KnownPorts {
  readonly type: string;
  readonly ports: NodePorts;
}

export interface Editor {
  readonly tabs: readonly Tab[];
  readonly activeTab: string;
  /** Tabs that were closed and can be opened again, the last one last. */
  readonly closed: readonly Tab[];
}

const first = newTab(emptyDoc());

export const useEditor = create<Editor>(() => ({ tabs: [first], activeTab: first.id, closed: [] }));

export function newTab(doc: Doc, fields: Partial<Tab> = {}): Tab {
  return {
    id: randomId(),
    doc,
    history: emptyHistory,
    selection: new Set(),
    saved: null,
    savedAt: null,
    dirty: false,
    compiled: null,
    ports: new Map(),
    compiling: false,
    refused: [],
    conflict: null,
    runs: null,
    ...fields,
  };
}

/** 12 random letters and digits. `crypto.randomUUID` would need a secure origin, which a server in the network is not. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => (byte % 36).toString(36)).join("");
}

export function tabOf(id: string): Tab | undefined {
  return useEditor.getState().tabs.find((tab) => tab.id === id);
}

export function activeTab(): Tab {
  return activeOf(useEditor.getState());
}

/** There is always at least one tab, and one of them is active. */
export function activeOf({ tabs, activeTab }: Editor): Tab {
  const found = tabs.find((tab) => tab.id === activeTab) ?? tabs[0];
  if (found === undefined) throw new Error("The editor has no tab.");
  return found;
}

/** Changes one tab; nothing happens if it was closed meanwhile. */
export function updateTab(id: string, change: Partial<Tab> | ((tab: Tab) => Partial<Tab>)): void {
  useEditor.setState(({ tabs }) => {
    const index = tabs.findIndex((tab) => tab.id === id);
    const tab = tabs[index];
    if (tab === undefined) return {};
    const patch = typeof change === "function" ? change(tab) : change;
    return { tabs: tabs.with(index, { ...tab, ...patch }) };
  });
}

/** A part of the active tab. */
export function useTab<T>(selector: (tab: Tab) => T): T {
  return useEditor((state) => selector(activeOf(state)));
}
