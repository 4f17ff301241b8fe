/** Several selected nodes: how many, and what can be done to them together. */
import { useReactFlow } from "@xyflow/react";
import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalDistributeCenter,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalDistributeCenter,
  type LucideIcon,
} from "lucide-react";
import { alignSelected, distributeSelected, duplicateSelected, runSelected, toggleMode } from "@/canvas/actions";
import type { FlowNode, WireEdge } from "@/canvas/flowTypes";
import { removeItems } from "@/graph/commands";
import type { Alignment, Direction } from "@/graph/layout";
import { dispatch } from "@/store/editor";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Section } from "./Section";

const words = text.results.inspector;

const ALIGNMENTS: readonly { how: Alignment; icon: LucideIcon; label: string }[] = [
  { how: "left", icon: AlignStartVertical, label: words.alignLeft },
  { how: "centre", icon: AlignCenterVertical, label: words.alignCentre },
  { how: "right", icon: AlignEndVertical, label: words.alignRight },
  { how: "top", icon: AlignStartHorizontal, label: words.alignTop },
  { how: "middle", icon: AlignCenterHorizontal, label: words.alignMiddle },
  { how: "bottom", icon: AlignEndHorizontal, label: words.alignBottom },
];

const DIRECTIONS: readonly { how: Direction; icon: LucideIcon; label: string }[] = [
  { how: "horizontally", icon: AlignHorizontalDistributeCenter, label: words.distributeAcross },
  { how: "vertically", icon: AlignVerticalDistributeCenter, label: words.distributeDown },
];

export function SelectionDetails({ ids }: { ids: readonly string[] }) {
  const flow = useReactFlow<FlowNode, WireEdge>();
  return (
    <>
      <p className="border-b border-line p-3 text-sm font-semibold text-strong" role="status">
        {words.selected(ids.length)}
      </p>
      <Section title={words.align}>
        <div className="-ml-1 flex flex-wrap gap-1">
          {ALIGNMENTS.map(({ how, icon, label }) => (
            <IconButton key={how} icon={icon} label={label} onClick={() => alignSelected(flow, how)} />
          ))}
        </div>
      </Section>
      {ids.length > 2 && (
        <Section title={words.distribute}>
          <div className="-ml-1 flex gap-1">
            {DIRECTIONS.map(({ how, icon, label }) => (
              <IconButton key={how} icon={icon} label={label} onClick={() => distributeSelected(flow, how)} />
            ))}
          </div>
        </Section>
      )}
      <Section title={words.together}>
        <div className="flex flex-wrap gap-2">
          <Button size="sm" onClick={runSelected}>
            {words.runTo}
          </Button>
          <Button size="sm" onClick={() => toggleMode("bypassed")}>
            {words.bypass}
          </Button>
          <Button size="sm" onClick={() => toggleMode("muted")}>
            {words.mute}
          </Button>
          <Button size="sm" onClick={() => duplicateSelected()}>
            {words.duplicate}
          </Button>
          <Button size="sm" variant="danger" onClick={() => dispatch(removeItems({ nodes: ids }))}>
            {text.common.delete}
          </Button>
        </div>
      </Section>
    </>
  );
}
