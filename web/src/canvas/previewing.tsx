/** Which nodes have a live preview, so that they can be given the room for it. */
import { useEffect } from "react";
import { usePreview } from "@/store/previews";
import { useTab } from "@/store/editor";

const previewing = new Set<string>();
const listeners = new Set<() => void>();

const key = (tab: string, node: string) => `${tab} ${node}`;

export function hasPreview(tab: string, node: string): boolean {
  return previewing.has(key(tab, node));
}

export function listenToPreviewing(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Draws nothing, so that a new frame of a preview draws nothing but the picture. */
export function PreviewWatch({ id }: { id: string }) {
  const tab = useTab((tab) => tab.id);
  const shown = usePreview(id) !== undefined;
  useEffect(() => {
    if (shown === previewing.has(key(tab, id))) return;
    if (shown) previewing.add(key(tab, id));
    else previewing.delete(key(tab, id));
    for (const listener of listeners) listener();
  }, [shown, tab, id]);
  return null;
}
