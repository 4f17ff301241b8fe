/** The graph as a whole: its name, how much is in it, and the models it is pinned to. */
import { useState } from "react";
import { RefreshCw } from "lucide-react";
import { renameDoc } from "@/graph/commands";
import { pins } from "@/graph/lock";
import { dispatch, useTab } from "@/store/editor";
import { openDialog } from "@/store/ui";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";
import { TextInput } from "@/ui/TextInput";
import { Section } from "./Section";

const words = text.results.inspector;

export function GraphDetails() {
  const name = useTab((tab) => tab.doc.name);
  const nodes = useTab((tab) => tab.doc.nodes.length);
  const edges = useTab((tab) => tab.doc.edges.length);
  const lock = useTab((tab) => tab.doc.lock);
  const pinned = [...pins(lock)];
  return (
    <>
      <div className="flex flex-col gap-2 border-b border-line p-3">
        <NameField key={name} name={name} />
        <p className="text-xs text-muted">{words.counts(nodes, edges)}</p>
        {nodes > 0 && <p className="text-xs text-muted">{words.nothingSelected}</p>}
      </div>
      <Section
        title={words.lock}
        aside={
          nodes > 0 && (
            <Button size="sm" variant="ghost" icon={RefreshCw} onClick={() => openDialog({ kind: "update" })}>
              {text.canvas.blocks.update}
            </Button>
          )
        }
      >
        <p className="text-xs text-muted">{pinned.length > 0 ? words.lockText : words.noLock}</p>
        <ul className="mt-2 flex flex-col gap-1">
          {pinned.map(([repo, commit]) => (
            <li key={repo} className="flex items-center gap-2 text-sm">
              <span className="min-w-0 flex-1 truncate text-body">{repo}</span>
              <code className="font-mono text-xs text-muted">{commit.slice(0, 8)}</code>
              <CopyButton compact value={commit} label={words.copyCommit} />
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

function NameField({ name }: { name: string }) {
  const [draft, setDraft] = useState(name);
  return (
    <TextInput
      aria-label={words.graphName}
      className="font-semibold"
      value={draft}
      maxLength={200}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={() => draft.trim() !== "" && draft.trim() !== name && dispatch(renameDoc(draft.trim()))}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}
