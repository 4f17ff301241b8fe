/** Run, the other ways to run, and Stop. */
import { ChevronDown, LoaderCircle, Play, Square } from "lucide-react";
import { useState } from "react";
import { selectedNodes } from "@/canvas/actions";
import { text } from "@/strings";
import { useTab } from "@/store/editor";
import { startRun, stopRun, useActiveRun, useIsStarting } from "@/store/runs";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Menu, type MenuItem } from "@/ui/Menu";
import { Tooltip } from "@/ui/Tooltip";
import { BatchDialog } from "./BatchDialog";

const BATCHES = [1, 2, 4, 8];
const words = text.shell.bar;

export function RunControls() {
  const [count, setCount] = useState(1);
  const [asking, setAsking] = useState(false);
  const empty = useTab((tab) => tab.doc.nodes.length === 0);
  const selected = useTab(({ doc, selection }) => doc.nodes.some(({ id }) => selection.has(id)));
  const starting = useIsStarting(useTab((tab) => tab.id));
  const run = useActiveRun();
  const busy = run !== undefined && (run.state === "queued" || run.state === "running");
  const label = count === 1 ? words.run : words.runTimes(count);
  return (
    <div className="flex shrink-0 items-center gap-1.5">
      <div className={cx("flex transition-opacity duration-120", empty && "opacity-50")}>
        <Tooltip content={starting ? words.starting : empty ? words.nothingToRun : label} side="bottom">
          <Button
            variant="primary"
            icon={starting ? LoaderCircle : Play}
            aria-label={words.run}
            aria-disabled={empty}
            aria-busy={starting}
            className={cx(
              "pr-2.5 aria-disabled:cursor-default min-[700px]:rounded-r-none",
              starting && "[&>svg]:motion-safe:animate-spin",
            )}
            onClick={() => !empty && startRun({ count })}
          >
            {words.run}
            {count > 1 && <span className="tabular-nums">×{count}</span>}
          </Button>
        </Tooltip>
        <Menu
          align="end"
          trigger={
            <Button
              variant="primary"
              aria-label={words.runMenu}
              className="rounded-l-none border-l-on-accent/25 px-1.5 max-[699px]:hidden"
            >
              <ChevronDown size={14} aria-hidden />
            </Button>
          }
          items={runMenu({ count, empty, selected, setCount, ask: () => setAsking(true) })}
        />
      </div>
      <Button icon={Square} disabled={!busy} onClick={() => stopRun()}>
        {words.stop}
      </Button>
      <span role="status" className="sr-only">
        {starting && words.starting}
      </span>
      <BatchDialog open={asking} count={count} onClose={() => setAsking(false)} onSet={setCount} />
    </div>
  );
}

interface RunMenu {
  count: number;
  empty: boolean;
  selected: boolean;
  setCount: (count: number) => void;
  ask: () => void;
}

function runMenu({ count, empty, selected, setCount, ask }: RunMenu): readonly MenuItem[] {
  return [
    { label: words.run, shortcut: "Ctrl+Enter", disabled: empty, onSelect: () => startRun({ count }) },
    {
      label: words.runSelected,
      shortcut: "Ctrl+Shift+Enter",
      disabled: !selected,
      onSelect: () => startRun({ count, targets: selectedNodes() }),
    },
    "separator",
    {
      label: words.times,
      items: [
        ...BATCHES.map((n) => ({ label: `${n}`, checked: n === count, onSelect: () => setCount(n) })),
        { label: words.custom, checked: !BATCHES.includes(count), onSelect: ask },
      ],
    },
  ];
}
