/** One node on the canvas. Its parts ask the store for what they show, so an event draws only what it concerns. */
import type { NodeProps } from "@xyflow/react";
import { memo, useContext, type CSSProperties } from "react";
import { useCatalogue } from "@/store/catalogue";
import { text } from "@/strings";
import { CollapsedHandles } from "./CollapsedHandles";
import { DetailContext } from "./detail";
import type { BlockNode } from "./flowTypes";
import { NodeDownload } from "./NodeDownload";
import { NodeFooter } from "./NodeFooter";
import { NodeHeader } from "./NodeHeader";
import { NodeMedia } from "./NodeMedia";
import { NodeProblem } from "./NodeProblem";
import { NodeProgress } from "./NodeProgress";
import { NodeResult } from "./NodeResult";
import { NodeRows } from "./NodeRows";
import { PreviewWatch } from "./previewing";
import { categoryColour } from "./tints";
import { nodeTitle } from "./titles";
import { useNodeState } from "./useNodeState";
import { WidthGrip } from "./WidthGrip";

function NodeFrameView({ id, data: { node, ports, box, download } }: NodeProps<BlockNode>) {
  const { byType } = useCatalogue();
  const type = byType.get(node.type);
  const state = useNodeState(id);
  const detail = useContext(DetailContext);
  const low = detail !== "all";
  const title = nodeTitle(node, type);
  const { width, height } = box;
  const style: CSSProperties & Record<"--tint" | "--label", string> = {
    "--tint": categoryColour(type?.category),
    "--label": `${box.label}px`,
    width,
    height,
  };
  return (
    <article
      className="node"
      style={style}
      aria-label={title}
      data-node={id}
      data-state={state}
      data-mode={node.mode}
      data-simple={low ? "" : undefined}
      data-unknown={type === undefined && byType.size > 0 ? "" : undefined}
      data-pending={ports?.pending === true ? "" : undefined}
    >
      {detail !== "box" && (
        <NodeHeader node={node} title={title} state={state} simple={low} pending={ports?.pending === true} />
      )}
      <PreviewWatch id={id} />
      {low && box.preview && <NodeMedia id={id} title={title} place={box.preview} />}
      {low ? null : (
        <>
          <span className="sr-only">{text.canvas.states[state]}</span>
          {state === "running" && <NodeProgress id={id} />}
          {box.problem &&
            (download === undefined ? (
              <NodeProblem id={id} place={box.problem} />
            ) : (
              <NodeDownload repo={download} place={box.problem} />
            ))}
          {box.preview && <NodeMedia id={id} title={title} place={box.preview} />}
          {box.rows.length > 0 && <NodeRows node={node} ports={ports} rows={box.rows} />}
          {box.result && <NodeResult id={id} place={box.result} />}
          {box.footer && <NodeFooter id={id} place={box.footer} />}
          {node.collapsed === true && <CollapsedHandles box={box} ports={ports} />}
          <WidthGrip id={id} width={box.width} />
        </>
      )}
    </article>
  );
}

/** Position and selection are the wrapper's; they need no new drawing. */
export const NodeFrame = memo(NodeFrameView, (before, after) => before.id === after.id && before.data === after.data);
