/** The lock of a graph: which commit of which repo it is held to, and what an update of it would change. */
import type { JsonValue } from "@/api/types";
import { isObject } from "./json";
import type { Doc } from "./types";

/** Repo and commit, by repo. */
export function pins(lock: Doc["lock"]): ReadonlyMap<string, string> {
  const repos = lock["repos"];
  if (!isObject(repos)) return new Map();
  const found = Object.entries(repos).flatMap(([repo, pin]): [string, string][] => {
    const commit = isObject(pin) ? pin["commit"] : undefined;
    return typeof commit === "string" ? [[repo, commit]] : [];
  });
  return new Map(found.sort(([one], [other]) => one.localeCompare(other)));
}

/** What becomes of the pin of a repo. `before` is null for a new one, `after` for one that nothing uses any more. */
export interface PinChange {
  readonly repo: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What an update changes, by repo. */
export function pinChanges(before: Doc["lock"], after: Doc["lock"]): readonly PinChange[] {
  const [old, fresh] = [pins(before), pins(after)];
  const repos = [...new Set([...old.keys(), ...fresh.keys()])].sort((one, other) => one.localeCompare(other));
  return repos
    .map((repo) => ({ repo, before: old.get(repo) ?? null, after: fresh.get(repo) ?? null }))
    .filter((change) => change.before !== change.after);
}

/** Whether a graph is held to the same commits by both. */
export function sameLock(one: Doc["lock"], other: Doc["lock"]): boolean {
  return one === other || pinChanges(one, other).length === 0;
}

/** A lock as the server tells it, for the document; what other programs wrote beside a commit that stays is kept. */
export function lockWith(before: Doc["lock"], told: { readonly repos?: object }): Doc["lock"] {
  const known = isObject(before["repos"]) ? before["repos"] : {};
  const repos = Object.entries({ ...told.repos } as Readonly<Record<string, JsonValue>>).map(([repo, pin]) => {
    const old = known[repo];
    const same = isObject(old) && isObject(pin) && old["commit"] === pin["commit"];
    return [repo, same ? old : pin] as const;
  });
  return { ...before, repos: Object.fromEntries(repos) };
}

/** A lock with the pins of an earlier one that it has not any more; the same object if it has them all. */
export function withLostPins(lock: Doc["lock"], earlier: Doc["lock"]): Doc["lock"] {
  const [now, then] = [pins(lock), pins(earlier)];
  const isWhole = [...then.keys()].every((repo) => now.has(repo));
  return isWhole ? lock : withNewPins(lock, earlier as { readonly repos?: object });
}

/** A lock with the repos that it did not pin yet; what it pins stays. */
export function withNewPins(before: Doc["lock"], told: { readonly repos?: object }): Doc["lock"] {
  const known = isObject(before["repos"]) ? before["repos"] : {};
  return { ...before, repos: { ...(told.repos as { readonly [repo: string]: JsonValue } | undefined), ...known } };
}
