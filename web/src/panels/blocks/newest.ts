/** Finds out which newest commits a graph would use if it were updated. */
import { getReview } from "@/api/blocks";
import { api, unwrap } from "@/api/client";
import type { Problem } from "@/api/types";
import { repoInQuestion, splitRepo } from "@/graph/blocks";
import { nodeById, saveDoc } from "@/graph/document";
import { lockWith, pins } from "@/graph/lock";
import type { Doc } from "@/graph/types";

/** What keeps code from running though its commit is known. */
const UNREAD: ReadonlySet<string> = new Set(["needs_approval", "missing_requirements", "remote_code_off"]);

/**
 * The lock after an update. A node whose new code nobody has approved yet names no commit: that is read of its repo.
 * While a node has an error, nothing is taken for unused.
 */
export async function newestLock(doc: Doc): Promise<Doc["lock"]> {
  const body = saveDoc(doc);
  const { lock = {}, problems } = await unwrap(api.POST("/api/compile", { body, params: { query: { latest: true } } }));
  const errors = problems.filter(({ node, severity }) => node && severity !== "warning");
  const unread = errors.filter(({ code }) => UNREAD.has(code));
  const read = await Promise.all(unread.map((problem) => commitOf(doc, problem)));
  const kept = errors.length === 0 ? [] : [...pins(doc.lock)].map(([repo, commit]) => [repo, { commit }] as const);
  return lockWith(doc.lock, {
    repos: { ...Object.fromEntries(kept), ...lock.repos, ...Object.fromEntries(read.flat()) },
  });
}

/** The newest commit of the repo that a problem is about, under its name in the lock. */
async function commitOf(doc: Doc, { node, message }: Problem): Promise<readonly [string, { commit: string }][]> {
  const found = node ? nodeById(doc, node) : undefined;
  const named = found && repoInQuestion(found, message);
  if (named === undefined) return [];
  const { repo, revision } = splitRepo(named);
  const { commit } = await getReview(repo, revision);
  return [[named, { commit }]];
}
