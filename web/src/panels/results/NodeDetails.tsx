/** One node: what it is and does, its ports and values, how its last run went. */
import { useState } from "react";
import { CureButton } from "@/canvas/CureButton";
import { nodeTitle } from "@/canvas/titles";
import { isBlockNode } from "@/graph/blocks";
import { renameNode } from "@/graph/commands";
import type { GraphNode } from "@/graph/types";
import { BlockSection } from "@/panels/blocks/BlockSection";
import { useNodeType } from "@/store/catalogue";
import { dispatch, useNode, useNodePorts, useNodeProblems } from "@/store/editor";
import { asTold } from "@/store/told";
import { text } from "@/strings";
import { Badge } from "@/ui/Badge";
import { ProblemView } from "@/ui/ProblemView";
import { Skeleton } from "@/ui/Skeleton";
import { TextInput } from "@/ui/TextInput";
import { Docs } from "./Docs";
import { InputList } from "./InputList";
import { NodeLastRun } from "./NodeLastRun";
import { OutputList } from "./OutputList";
import { identity } from "./problems";
import { Section } from "./Section";

const words = text.results.inspector;

export function NodeDetails({ id }: { id: string }) {
  const node = useNode(id);
  const type = useNodeType(node?.type);
  const ports = useNodePorts(id);
  const problems = useNodeProblems(id);
  if (!node) return null;
  return (
    <>
      <div className="flex flex-col gap-2 border-b border-line p-3">
        <TitleField key={nodeTitle(node, type)} node={node} title={nodeTitle(node, type)} />
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">
          <code className="font-mono select-text" title={words.id}>
            {id}
          </code>
          <span title={words.type}>{node.type}</span>
          {type?.category && <Badge>{type.category}</Badge>}
        </p>
        {problems.map((problem) => (
          <div key={identity(problem)} className="flex flex-col items-start gap-2">
            <ProblemView problem={asTold(problem, ports)} />
            <CureButton problem={problem} />
          </div>
        ))}
      </div>
      {type?.description && (
        <Section title={words.documentation} open>
          <Docs>{type.description}</Docs>
        </Section>
      )}
      {isBlockNode(node) && <BlockSection node={node} />}
      {ports?.pending ? (
        <Section title={words.inputs}>
          <p className="mb-2 text-xs text-muted">{words.pending}</p>
          <Skeleton className="h-4 w-3/4" />
        </Section>
      ) : (
        ports && (
          <>
            <InputList node={node} ports={ports} />
            <OutputList node={node} ports={ports} />
          </>
        )
      )}
      <NodeLastRun id={id} />
    </>
  );
}

function TitleField({ node, title }: { node: GraphNode; title: string }) {
  const [draft, setDraft] = useState(title);
  const commit = () => {
    if (draft.trim() !== title) dispatch(renameNode(node.id, draft.trim()));
  };
  return (
    <TextInput
      aria-label={words.title}
      className="font-semibold"
      value={draft}
      maxLength={120}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") {
          event.stopPropagation();
          setDraft(title);
        }
      }}
    />
  );
}
