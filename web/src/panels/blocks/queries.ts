/** What the dialogs about blocks ask the server for. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { blockDoc, getReview, getTrust } from "@/api/blocks";
import type { NodePorts } from "@/api/types";
import { saveDoc } from "@/graph/document";
import { activeTab } from "@/store/editor";
import { newestLock } from "./newest";

const TRUST = ["trust"] as const;

/** Whose code may run, and whether any may. */
export function useTrust() {
  return useQuery({ queryKey: TRUST, queryFn: getTrust, staleTime: 0 });
}

/** A way to say that the approvals are no longer what was told. */
export function useForgetTrust(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: TRUST }),
      client.invalidateQueries({ queryKey: ["review"] }),
    ]);
  };
}

/** What can be read of a repo without executing it. It is downloaded for that. */
export function useReview(repo: string, revision: string | null) {
  return useQuery({
    queryKey: ["review", repo, revision],
    queryFn: () => getReview(repo, revision),
    staleTime: 0,
    retry: false,
  });
}

/** What a block says of itself; asked again when the ports of its node have changed. */
export function useBlockDoc(node: string, ports: NodePorts | undefined) {
  return useQuery({
    queryKey: ["block doc", activeTab().id, node, ports === undefined ? 0 : serial(ports)],
    queryFn: () => blockDoc(saveDoc(activeTab().doc), node),
    // A node without outputs has not been described: there is no block to ask about.
    enabled: ports !== undefined && ports.pending !== true && (ports.outputs ?? []).length > 0,
    staleTime: Infinity,
    retry: false,
  });
}

/** The lock that the active graph would have with the newest commits. */
export function useNewestLock() {
  const { id, doc } = activeTab();
  return useQuery({
    queryKey: ["newest lock", id],
    queryFn: () => newestLock(doc),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
}

const serials = new WeakMap<object, number>();
let last = 0;

/** A number for an object: the same as long as it is the same object. */
function serial(thing: object): number {
  const known = serials.get(thing);
  if (known !== undefined) return known;
  serials.set(thing, ++last);
  return last;
}
