/** Puts a block, of the pipeline or of another repo, among those that a node runs. */
import { useState } from "react";
import { nodeTitle } from "@/canvas/titles";
import { partsOf } from "@/graph/blocks";
import type { GraphNode } from "@/graph/types";
import { insertBlock } from "@/store/blocks";
import { useNodeType } from "@/store/catalogue";
import { useNode, useNodePorts } from "@/store/editor";
import { closeDialog } from "@/store/ui";
import { text } from "@/strings";
import { blocks } from "@/strings/blocks";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Select } from "@/ui/Select";
import { TextInput } from "@/ui/TextInput";
import { ComboField } from "@/widgets/ComboField";
import { useApprovedRepos } from "@/widgets/useApprovedRepos";
import { Field } from "./Field";
import { useBlockDoc } from "./queries";
import { childNames } from "./tree";

const words = blocks.insert;
const END = "";

export function InsertDialog({ nodeId }: { nodeId: string }) {
  const node = useNode(nodeId);
  return node === undefined ? null : <OpenInsertDialog node={node} />;
}

function OpenInsertDialog({ node }: { node: GraphNode }) {
  const type = useNodeType(node.type);
  const [repo, setRepo] = useState("");
  const [block, setBlock] = useState("");
  const [busy, setBusy] = useState(false);
  const parts = useParts(node);
  const [place, setPlace] = useState<string | null>(null);
  // A preprocessor stands before what it prepares: the usual wish.
  const before = place ?? parts[0] ?? END;
  const approved = useApprovedRepos(true);
  const submit = async () => {
    setBusy(true);
    const done = await insertBlock({ node: node.id, repo, block, before: before === END ? null : before });
    setBusy(false);
    if (done) closeDialog();
  };
  return (
    <Dialog
      open
      size="sm"
      title={words.title}
      description={words.description(nodeTitle(node, type))}
      onOpenChange={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{text.common.cancel}</Button>
          <Button variant="primary" disabled={busy || repo === ""} onClick={() => void submit()}>
            {words.insert}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={words.repo} hint={words.repoHint}>
          <ComboField
            label={words.repo}
            value={repo}
            placeholder="org/name"
            suggestions={approved.map((each) => ({ value: each, label: each }))}
            onCommit={setRepo}
          />
        </Field>
        <Field label={words.block} hint={words.blockHint}>
          <TextInput
            aria-label={words.block}
            value={block}
            placeholder={words.whole}
            onChange={(event) => setBlock(event.target.value.trim())}
          />
        </Field>
        <Field label={words.where}>
          <Select
            label={words.where}
            value={before}
            options={[
              ...parts.map((part) => ({ value: part, label: words.before(part) })),
              { value: END, label: words.end },
            ]}
            onChange={setPlace}
          />
        </Field>
      </div>
    </Dialog>
  );
}

/** The names of what the node runs, in order: its parts, else the stages of its pipeline. */
function useParts(node: GraphNode): readonly string[] {
  const { data } = useBlockDoc(node.id, useNodePorts(node.id));
  const own = partsOf(node.params["parts"]).map(({ name }) => name);
  if (own.length > 0) return own;
  const { block } = node.params;
  return childNames(data?.tree ?? [], typeof block === "string" ? block : "");
}
