/** Writes block nodes as a modular repo: a folder that diffusers loads, and on wish a repo of the hub. */
import { useState, type ReactNode } from "react";
import { publish, type Published } from "@/api/blocks";
import { reportError } from "@/panels/shell/reportError";
import { place } from "@/canvas/placing";
import { CUSTOM } from "@/graph/blocks";
import { saveDoc } from "@/graph/document";
import { activeTab } from "@/store/editor";
import { focusNode } from "@/store/focus";
import { closeDialog } from "@/store/ui";
import { text } from "@/strings";
import { blocks } from "@/strings/blocks";
import { Button } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";
import { Dialog } from "@/ui/Dialog";
import { Switch } from "@/ui/Switch";
import { TextInput } from "@/ui/TextInput";
import { Field } from "./Field";
import { usePlaceBelow } from "./usePlaceBelow";

const words = blocks.publish;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const REPO = /^[\w.-]+\/[\w.-]+$/;

export function PublishDialog({ nodes }: { nodes: readonly string[] }) {
  const [done, setDone] = useState<Published | null>(null);
  return done === null ? <Form nodes={nodes} onDone={setDone} /> : <Done published={done} nodes={nodes} />;
}

function Form({ nodes, onDone }: { nodes: readonly string[]; onDone: (published: Published) => void }) {
  const [name, setName] = useState("");
  const [push, setPush] = useState(false);
  const [repo, setRepo] = useState("");
  const [isPrivate, setPrivate] = useState(true);
  const [busy, setBusy] = useState(false);
  const nameFits = NAME.test(name);
  const repoFits = !push || REPO.test(repo);
  const submit = async () => {
    if (!nameFits || !repoFits || busy) return;
    setBusy(true);
    try {
      onDone(await publish(saveDoc(activeTab().doc), { nodes, name, push_to: push ? repo : null, private: isPrivate }));
    } catch (error) {
      reportError(text.canvas.blocks.failed.publish, error);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      size="sm"
      title={words.title}
      description={words.description(nodes.length)}
      onOpenChange={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{text.common.cancel}</Button>
          <Button variant="primary" disabled={busy || !nameFits || !repoFits} onClick={() => void submit()}>
            {busy ? words.publishing : words.publish}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label={words.name} hint={words.nameHint} fault={name === "" || nameFits ? undefined : words.wrongName}>
          <TextInput
            autoFocus
            aria-label={words.name}
            aria-invalid={name !== "" && !nameFits}
            value={name}
            placeholder="my-block"
            maxLength={80}
            onChange={(event) => setName(event.target.value.trim())}
          />
        </Field>
        <Switch label={words.push} checked={push} onChange={setPush} />
        {push && (
          <>
            <Field
              label={words.repo}
              hint={words.repoHint}
              fault={repo === "" || repoFits ? undefined : words.wrongRepo}
            >
              <TextInput
                aria-label={words.repo}
                aria-invalid={repo !== "" && !repoFits}
                value={repo}
                placeholder={`org/${name || "my-block"}`}
                onChange={(event) => setRepo(event.target.value.trim())}
              />
            </Field>
            <Switch label={words.private} checked={isPrivate} onChange={setPrivate} />
          </>
        )}
        <input type="submit" hidden />
      </form>
    </Dialog>
  );
}

function Done({ published, nodes }: { published: Published; nodes: readonly string[] }) {
  const { folder, files, url, local = [] } = published;
  const placeBelow = usePlaceBelow();
  const name = folder.slice(Math.max(folder.lastIndexOf("/"), folder.lastIndexOf("\\")) + 1);
  const use = () => {
    closeDialog();
    focusNode(place({ type: CUSTOM, params: { repo: name } }, placeBelow(nodes)));
  };
  return (
    <Dialog
      open
      size="sm"
      title={words.done(name)}
      onOpenChange={closeDialog}
      footer={
        <>
          <Button onClick={use}>{words.use}</Button>
          <Button variant="primary" onClick={closeDialog}>
            {text.common.close}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Fact label={words.folder}>
          <code className="min-w-0 flex-1 font-mono text-xs text-body select-text [overflow-wrap:anywhere]">
            {folder}
          </code>
          <CopyButton compact value={folder} label={words.copyFolder} />
        </Fact>
        {local.length > 0 && (
          <p className="text-xs text-warning [overflow-wrap:anywhere]">
            {words.local} {local.join(", ")}
          </p>
        )}
        {url && (
          <Fact label={words.url}>
            <a href={url} target="_blank" rel="noreferrer" className="text-sm underline underline-offset-2">
              {url}
            </a>
          </Fact>
        )}
        <Fact label={words.files}>
          <ul className="flex flex-col gap-0.5">
            {files.map((file) => (
              <li key={file} className="font-mono text-xs text-body select-text">
                {file}
              </li>
            ))}
          </ul>
        </Fact>
      </div>
    </Dialog>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <p className="mb-1 text-xs font-medium text-strong">{label}</p>
      <div className="flex items-start gap-2">{children}</div>
    </div>
  );
}
