/** What became of each node in a run, as a table; a row leads to its node. */
import { memo } from "react";
import { useTab } from "@/store/editor";
import type { NodeRunView } from "@/store/runs";
import { text } from "@/strings";
import { focusAndSelect } from "./focus";
import { duration } from "@/ui/format";
import { markedState, StateMark } from "./StateMark";
import { useNodeTitle } from "@/canvas/useNodeTitle";

const words = text.results.run;

export function RunNodes({ nodes }: { nodes: ReadonlyMap<string, NodeRunView> }) {
  const order = useTab((tab) => tab.compiled?.order);
  return (
    <table className="w-full table-fixed text-sm">
      <thead className="text-left text-xs text-muted">
        <tr>
          <th className="pb-1 font-normal">{words.nodeColumn}</th>
          <th className="w-24 pb-1 font-normal">{words.stateColumn}</th>
          <th className="w-16 pb-1 text-right font-normal">{words.timeColumn}</th>
        </tr>
      </thead>
      <tbody>
        {inOrder(nodes, order ?? []).map(([id, run]) => (
          <Row key={id} id={id} run={run} />
        ))}
      </tbody>
    </table>
  );
}

const Row = memo(function Row({ id, run }: { id: string; run: NodeRunView }) {
  const title = useNodeTitle(id);
  return (
    <tr className="h-7 border-t border-line">
      <td className="truncate pr-2">
        {title === undefined ? (
          <span className="text-muted">{id}</span>
        ) : (
          <button
            type="button"
            title={words.goTo(title)}
            className="max-w-full truncate text-left text-body hover:text-strong hover:underline"
            onClick={() => focusAndSelect(id)}
          >
            {title}
          </button>
        )}
      </td>
      <td className="text-xs">
        <StateMark state={markedState(run.state, run.cached)} />
      </td>
      <td className="text-right text-xs text-muted tabular-nums">{timeOf(run)}</td>
    </tr>
  );
});

function timeOf({ state, cached, seconds, step, total }: NodeRunView): string {
  if (state === "running") return total > 0 ? `${step}/${total}` : "";
  return seconds > 0 && !cached ? duration(seconds) : "";
}

/** As compile orders them; nodes that it does not know, such as removed ones, come last. */
function inOrder<T>(nodes: ReadonlyMap<string, T>, order: readonly string[]): (readonly [string, T])[] {
  const rank = new Map(order.map((id, index) => [id, index]));
  const place = (id: string) => rank.get(id) ?? order.length;
  return [...nodes].sort(([one], [other]) => place(one) - place(other));
}
