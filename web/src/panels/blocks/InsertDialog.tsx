/** Puts a block, of the node's own pipeline or of another repo, among those that a node runs. */
import { useState } from "react";
import type { BlockDoc } from "@/api/blocks";
import { nodeTitle } from "@/canvas/titles";
import { CUSTOM } from "@/graph/blocks";
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
import { Skeleton } from "@/ui/Skeleton";
import { TextInput } from "@/ui/TextInput";
import { ComboField } from "@/widgets/ComboField";
import { useApprovedRepos } from "@/widgets/useApprovedRepos";
import { Field } from "./Field";
import { useBlockDoc } from "./queries";

const words = blocks.insert;
const END = "";
type Source = "own" | "repo";

export function InsertDialog({ nodeId }: { nodeId: string }) {
  const node = useNode(nodeId);
  return node === undefined ? null : <OpenInsertDialog node={node} />;
}

function OpenInsertDialog({ node }: { node: GraphNode }) {
  const type = useNodeType(node.type);
  const { data, error } = useBlockDoc(node.id, useNodePorts(node.id));
  const title = words.description(nodeTitle(node, type));
  if (data !== undefined || error !== null) return <Form node={node} title={title} doc={data} />;
  return (
    <Dialog open size="sm" title={words.title} description={title} onOpenChange={closeDialog}>
      <Skeleton className="h-40" />
    </Dialog>
  );
}

/** Without `doc` nothing is known of what is inside: then a block of a repo can go to the end. */
function Form({ node, title, doc }: { node: GraphNode; title: string; doc: BlockDoc | undefined }) {
  const { parts = [], own_blocks: own = [], tree = [] } = doc ?? {};
  const [source, setSource] = useState<Source>("repo");
  const [repo, setRepo] = useState("");
  const [block, setBlock] = useState("");
  const [chosen, setChosen] = useState(own[0] ?? "");
  // A preprocessor stands before what it prepares: the usual wish.
  const [before, setBefore] = useState(parts[0] ?? END);
  const [busy, setBusy] = useState(false);
  const isOwn = source === "own";
  const submit = async () => {
    setBusy(true);
    const what = isOwn ? { repo: "", block: chosen } : { repo, block };
    const done = await insertBlock({ node: node.id, ...what, before: before === END ? null : before });
    setBusy(false);
    if (done) closeDialog();
  };
  return (
    <Dialog
      open
      size="sm"
      title={words.title}
      description={title}
      onOpenChange={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{text.common.cancel}</Button>
          <Button variant="primary" disabled={busy || (!isOwn && repo === "")} onClick={() => void submit()}>
            {words.insert}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {own.length > 0 && (
          <Field label={words.source}>
            <Select
              label={words.source}
              value={source}
              options={[
                { value: "repo", label: words.sources.repo },
                { value: "own", label: node.type === CUSTOM ? words.sources.ownRepo : words.sources.pipeline },
              ]}
              onChange={(value) => setSource(value === "own" ? "own" : "repo")}
            />
          </Field>
        )}
        {isOwn ? (
          <Field label={words.block} hint={tree.find(({ path }) => path === chosen)?.description ?? ""}>
            <Select
              label={words.block}
              value={chosen}
              options={own.map((path) => ({ value: path, label: path }))}
              onChange={setChosen}
            />
          </Field>
        ) : (
          <RepoFields repo={repo} onRepo={setRepo} block={block} onBlock={setBlock} />
        )}
        <Field label={words.where}>
          <Select
            label={words.where}
            value={before}
            options={[
              ...parts.map((part) => ({ value: part, label: words.before(part) })),
              { value: END, label: words.end },
            ]}
            onChange={setBefore}
          />
        </Field>
      </div>
    </Dialog>
  );
}

interface RepoFieldsProps {
  repo: string;
  onRepo: (repo: string) => void;
  block: string;
  onBlock: (block: string) => void;
}

function RepoFields({ repo, onRepo, block, onBlock }: RepoFieldsProps) {
  const approved = useApprovedRepos(true);
  return (
    <>
      <Field label={words.repo} hint={words.repoHint}>
        <ComboField
          label={words.repo}
          value={repo}
          placeholder="org/name"
          suggestions={approved.map((each) => ({ value: each, label: each }))}
          onCommit={onRepo}
        />
      </Field>
      <Field label={words.block} hint={words.blockHint}>
        <TextInput
          aria-label={words.block}
          value={block}
          placeholder={words.whole}
          onChange={(event) => onBlock(event.target.value.trim())}
        />
      </Field>
    </>
  );
}
