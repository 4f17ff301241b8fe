/** The address of the page: what it names is opened, and it follows the active tab. */
import { openRun, openSaved, openTemplate } from "@/store/open";
import { activeTab, useEditor } from "@/store/tabs";

const NAME = /^#\/([grt])\/([^/]+)$/;

/** Opens what the address names; true if it names something. */
export async function openHash(hash = location.hash): Promise<boolean> {
  const [, kind, name] = NAME.exec(hash) ?? [];
  if (name === undefined) return false;
  const id = decoded(name);
  if (kind === "g") return openSaved(id);
  return kind === "r" ? openRun(id) : openTemplate(id);
}

/** Whether a page with this address starts with something other than an empty canvas. */
export function namesGraph(hash = location.hash): boolean {
  return NAME.test(hash);
}

/** Keeps the address at the active tab, and heeds one that a person enters. Returns the way to stop. */
export function followHash(): () => void {
  // Not the address of now: the active tab may have put its own there before this event came.
  const heed = ({ newURL }: HashChangeEvent) => void openHash(new URL(newURL).hash);
  const write = () => {
    const { saved } = activeTab();
    const hash = saved === null ? "#/" : `#/g/${encodeURIComponent(saved.id)}`;
    if (location.hash !== hash) history.replaceState(history.state, "", hash);
  };
  write();
  const stop = useEditor.subscribe(write);
  window.addEventListener("hashchange", heed);
  return () => {
    stop();
    window.removeEventListener("hashchange", heed);
  };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
