/** What is known of the selected node, of the last run, and of what is wrong. */
import { useProblems } from "@/store/editor";
import { showInspector, useUi, type InspectorTab } from "@/store/ui";
import { text } from "@/strings";
import { assertNever } from "@/store/assert";
import { NodeTab } from "./NodeTab";
import { ProblemsTab } from "./ProblemsTab";
import { RunTab } from "./RunTab";
import { Tabs } from "@/ui/Tabs";

const words = text.results.inspector;

export function Inspector() {
  const tab = useUi((ui) => ui.inspectorTab);
  const problems = useProblems();
  const tabs = [
    { id: "node" as const, label: words.node },
    { id: "run" as const, label: words.run },
    { id: "problems" as const, label: words.problems, count: problems.length },
  ];
  return (
    <Tabs label={words.label} tabs={tabs} value={tab} onChange={showInspector}>
      <Shown tab={tab} />
    </Tabs>
  );
}

function Shown({ tab }: { tab: InspectorTab }) {
  switch (tab) {
    case "node":
      return <NodeTab />;
    case "run":
      return <RunTab />;
    case "problems":
      return <ProblemsTab />;
    default:
      return assertNever(tab);
  }
}
