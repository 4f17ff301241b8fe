/** Copies of the open tabs in the browser's storage, so that a reload or a crash loses nothing. */
import { isRecord } from "@/api/client";
import { DocumentError, loadDoc, saveDoc } from "@/graph/document";
import { listKey } from "@/store/session";
import { shared } from "@/store/storage";
import { isBlank } from "@/store/tablist";
import { newTab, useEditor, type Saved, type Tab } from "@/store/tabs";
import { toast } from "@/store/toasts";
import { store as strings } from "@/strings/store";

/** Milliseconds after a change until it is kept. */
const PATIENCE = 300;

interface Kept {
  readonly tabs: readonly Tab[];
  readonly active: string;
}

/** Keeps the tabs as they change, until stopped. */
export function keepCopies(session: () => string): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let written: ReadonlyMap<string, Tab> = new Map();
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    written = writeCopies(session(), written);
  };
  const stop = useEditor.subscribe(() => {
    timer ??= setTimeout(write, PATIENCE);
  });
  // The last moment in which a page is sure to be heard.
  const leave = () => timer !== undefined && write();
  window.addEventListener("pagehide", leave);
  return () => {
    stop();
    leave();
    window.removeEventListener("pagehide", leave);
  };
}

/** The kept tabs of a session; null if there are none. Tabs that cannot be read are left out. */
export function readCopies(session: string): Kept | null {
  const list = parse(shared.get(listKey(session)));
  if (!isRecord(list) || !Array.isArray(list["tabs"])) return null;
  const ids = list["tabs"].filter((id) => typeof id === "string");
  const tabs = ids.map((id) => tabOfCopy(id, parse(shared.get(copyKey(session, id))))).filter((tab) => tab !== null);
  const active = typeof list["active"] === "string" ? list["active"] : "";
  return tabs.length === 0 ? null : { tabs, active };
}

/** Writes the tabs that changed since `written`, and returns what is written now. */
function writeCopies(session: string, written: ReadonlyMap<string, Tab>): ReadonlyMap<string, Tab> {
  const { tabs, activeTab } = useEditor.getState();
  const kept = tabs.filter((tab) => !isBlank(tab));
  const keys = new Set(kept.map(({ id }) => copyKey(session, id)));
  for (const key of copyKeys(session)) if (!keys.has(key)) shared.remove(key);
  if (kept.length === 0) {
    shared.remove(listKey(session));
    return new Map();
  }
  try {
    for (const tab of kept) if (!sameCopy(tab, written.get(tab.id))) shared.set(copyKey(session, tab.id), copyOf(tab));
    const list = { at: Date.now(), active: activeTab, tabs: kept.map(({ id }) => id) };
    shared.set(listKey(session), JSON.stringify(list));
    return new Map(kept.map((tab) => [tab.id, tab]));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    tellFull();
    return written;
  }
}

let told = false;

function tellFull(): void {
  if (told) return;
  told = true;
  toast({ kind: "warning", title: strings.noRoom, text: strings.noRoomText });
}

function copyKey(session: string, tab: string): string {
  return `blockloom.tab.${session}.${tab}`;
}

function copyKeys(session: string): readonly string[] {
  return shared.keys().filter((key) => key.startsWith(copyKey(session, "")));
}

function sameCopy(tab: Tab, before: Tab | undefined): boolean {
  return (
    tab.doc === before?.doc && tab.saved === before.saved && tab.dirty === before.dirty && tab.runs === before.runs
  );
}

function copyOf({ doc, saved, savedAt, dirty, runs }: Tab): string {
  return JSON.stringify({ doc: saveDoc(doc), saved, savedAt, dirty, runs });
}

function tabOfCopy(id: string, copy: unknown): Tab | null {
  if (!isRecord(copy)) return null;
  const { saved, savedAt, dirty, runs } = copy;
  try {
    return newTab(loadDoc(copy["doc"]), {
      id,
      saved: isSaved(saved) ? saved : null,
      savedAt: typeof savedAt === "number" ? savedAt : null,
      dirty: dirty === true,
      runs: typeof runs === "string" ? runs : null,
    });
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    toast({ kind: "error", title: strings.restoreFailed, text: error.message });
    return null;
  }
}

function isSaved(value: unknown): value is Saved {
  return isRecord(value) && typeof value["id"] === "string" && typeof value["revision"] === "number";
}

function parse(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
