/** Why a node was computed although the run before had a result of it: what differs between the two. */
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { Run } from "@/api/types";
import { whyRan } from "@/graph/why";
import { FINAL, useRun } from "@/store/runs";
import { text } from "@/strings";
import { Skeleton } from "@/ui/Skeleton";
import { fetchRun, useWholeRun } from "./queries";
import { reasonText } from "./reasons";

const words = text.results.inspector;

export function WhyAgain({ node, run: id }: { node: string; run: string }) {
  const state = useRun(id)?.state;
  const hasEnded = state !== undefined && FINAL.has(state);
  const run = useWholeRun(hasEnded ? id : null, state);
  const before = useRunBefore(run.data);
  if (!hasEnded) return <p className="text-xs text-muted">{words.whyLater}</p>;
  if (run.isError || before.isError) return <p className="text-xs text-muted">{words.whyFailed}</p>;
  if (!run.data || before.isPending) return <Skeleton className="h-4 w-2/3" />;
  if (before.data === null) return <p className="text-xs text-muted">{words.whyFirst}</p>;
  const reasons = whyRan(before.data, run.data, node);
  return (
    <ul className="flex flex-col gap-1 text-sm text-body">
      {reasons.map((reason, index) => (
        <li key={index} className="[overflow-wrap:anywhere]">
          {reasonText(reason)}
        </li>
      ))}
    </ul>
  );
}

/** How many runs back one of the same workflow is looked for. */
const REACH = 100;

/** The last run of the same workflow that was asked for earlier; null if there is none. */
function useRunBefore(run: Run | undefined) {
  return useQuery({
    queryKey: ["run before", run?.id],
    enabled: run !== undefined,
    staleTime: Infinity,
    queryFn: async () => {
      if (!run) return null;
      const source = run.source ?? "";
      const query = { limit: REACH, ...(source === "" ? { search: run.name ?? "" } : { source }) };
      const page = await unwrap(api.GET("/api/runs", { params: { query } }));
      const earlier = page.runs.find(
        (other) => other.id !== run.id && other.created <= run.created && (other.source ?? "") === source,
      );
      return earlier ? fetchRun(earlier.id) : null;
    },
  });
}
