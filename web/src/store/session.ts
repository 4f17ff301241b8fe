/** Which kept tabs belong to this window: several windows share one storage, and none may take another's. */
import { ownShelf, shared } from "@/store/storage";
import { randomId } from "@/store/tabs";

const OWN = "blockloom.session";
const PREFIX = "blockloom.tabs.";

/** Where a window keeps the list of its tabs. */
export function listKey(session: string): string {
  return `${PREFIX}${session}`;
}

/** The session of this window before a reload; null in a new window. */
export function ownSession(): string | null {
  return ownShelf.get(OWN);
}

/** A session of its own for this window. */
export function newSession(): string {
  const id = randomId();
  ownShelf.set(OWN, id);
  return id;
}

/**
 * Holds a session as long as the page lives. False if another window holds it: this one is a duplicate of that.
 * Without locks (an insecure origin) every window is believed.
 */
export function hold(session: string): Promise<boolean> {
  const manager = locks();
  if (manager === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    void manager.request(lockName(session), { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise(() => undefined);
    });
  });
}

/** The sessions of windows that are gone, as after a crash, the last used first. Without locks nobody can tell. */
export async function orphans(): Promise<readonly string[]> {
  const found = await locks()?.query();
  if (found === undefined) return [];
  const alive = new Set((found.held ?? []).map((lock) => lock.name));
  return keptSessions().filter((session) => !alive.has(lockName(session)));
}

/** Makes a session of a window that is gone this window's own. */
export function adoptSession(session: string): void {
  ownShelf.set(OWN, session);
}

function keptSessions(): readonly string[] {
  const kept = shared.keys().filter((key) => key.startsWith(PREFIX));
  return kept
    .map((key) => ({ session: key.slice(PREFIX.length), at: timeOf(shared.get(key)) }))
    .sort((one, other) => other.at - one.at)
    .map(({ session }) => session);
}

function timeOf(list: string | null): number {
  return Number(/"at":(\d+)/.exec(list ?? "")?.[1] ?? 0);
}

/** An insecure origin has none, whatever the types say. */
function locks(): LockManager | undefined {
  return navigator.locks ?? undefined;
}

function lockName(session: string): string {
  return `${PREFIX}${session}`;
}
