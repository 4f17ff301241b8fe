/** Lets a menu ask a node, group or note that is on the screen to let its title or text be edited. */
const listeners = new Map<string, () => void>();

/** Calls `start` when somebody asks for the item `id`. Returns the way to stop. */
export function onRename(id: string, start: () => void): () => void {
  listeners.set(id, start);
  return () => {
    if (listeners.get(id) === start) listeners.delete(id);
  };
}

export function askRename(id: string): void {
  listeners.get(id)?.();
}
