/** The browser's storage, or a memory of this page's own where the browser refuses it. */

export interface Shelf {
  readonly get: (key: string) => string | null;
  /** Throws DOMException if there is no room. */
  readonly set: (key: string, value: string) => void;
  readonly remove: (key: string) => void;
  readonly keys: () => readonly string[];
}

/** Shared by all windows of this browser. */
export const shared = shelf(() => localStorage);

/** Of this window alone; a reload finds it again. */
export const ownShelf = shelf(() => sessionStorage);

function shelf(open: () => Storage): Shelf {
  let storage: Storage;
  try {
    storage = open();
  } catch {
    return memory();
  }
  return {
    get: (key) => storage.getItem(key),
    set: (key, value) => storage.setItem(key, value),
    remove: (key) => storage.removeItem(key),
    keys: () => Array.from({ length: storage.length }, (_, index) => storage.key(index)).filter((key) => key !== null),
  };
}

function memory(): Shelf {
  const kept = new Map<string, string>();
  return {
    get: (key) => kept.get(key) ?? null,
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
    keys: () => [...kept.keys()],
  };
}
