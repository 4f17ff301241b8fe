/** Lets a menu ask a node, group or note to let its title or text be edited. */
const listeners = new Map<string, () => void>();
/** An item that was asked before it was on the screen, as a new one is. */
let wanted: string | null = null;

/** Calls `start` when somebody asks for the item `id`. Returns the way to stop. */
export function onRename(id: string, start: () => void): () => void {
  listeners.set(id, start);
  if (wanted === id) {
    wanted = null;
    start();
  }
  return () => {
    if (listeners.get(id) === start) listeners.delete(id);
  };
}

export function askRename(id: string): void {
  const start = listeners.get(id);
  wanted = start === undefined ? id : null;
  start?.();
}
