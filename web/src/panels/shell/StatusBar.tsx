/** The line at the bottom: problems, zoom, and whether the workflow is saved. */
import { useReactFlow, useStore } from "@xyflow/react";
import { CircleAlert, CircleCheck } from "lucide-react";
import { text } from "@/strings";
import { useProblems } from "@/store/editor";
import { showInspector } from "@/store/ui";
import { cx } from "@/ui/cx";
import { Menu } from "@/ui/Menu";
import { SaveState } from "./SaveState";
import { STATUS_CELL } from "./statusCell";

const words = text.shell.status;

export function StatusBar() {
  return (
    <footer
      aria-label={words.label}
      className="hidden h-6 shrink-0 items-center border-t border-line bg-surface px-1 text-xs text-muted tabular-nums min-[700px]:flex"
    >
      <ProblemCount />
      <Zoom />
      <SaveState />
    </footer>
  );
}

function ProblemCount() {
  const problems = useProblems();
  const count = problems.length;
  const worst = problems.some((problem) => problem.severity !== "warning");
  const Icon = count === 0 ? CircleCheck : CircleAlert;
  return (
    <button type="button" className={STATUS_CELL} title={words.openProblems} onClick={() => showInspector("problems")}>
      <Icon size={12} className={cx(count > 0 && (worst ? "text-danger" : "text-warning"))} aria-hidden />
      {words.problems(count)}
    </button>
  );
}

const STEPS = [0.25, 0.5, 1, 1.5, 2];

function Zoom() {
  const zoom = useStore((flow) => Math.round(flow.transform[2] * 100));
  const flow = useReactFlow();
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          className={cx(STATUS_CELL, "min-w-14 justify-center")}
          aria-label={`${words.zoom}: ${zoom} %`}
        >
          {zoom} %
        </button>
      }
      items={[
        { label: words.fit, shortcut: "F", onSelect: () => void flow.fitView({ duration: 160, padding: 0.1 }) },
        "separator",
        ...STEPS.map((step) => ({
          label: `${step * 100} %`,
          onSelect: () => void flow.zoomTo(step, { duration: 160 }),
        })),
      ]}
    />
  );
}
