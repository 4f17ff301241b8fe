/** What became of each node of a workflow that another program wrote. */
import { CircleCheck, CircleDashed, CircleX, Download } from "lucide-react";
import { useMemo, useState } from "react";
import type { ImportLine } from "@/api/blocks";
import { nodeById } from "@/graph/document";
import { reportError } from "@/panels/shell/reportError";
import { select, useTab } from "@/store/editor";
import { focusNode } from "@/store/focus";
import { closeDialog } from "@/store/ui";
import { text } from "@/strings";
import { blocks } from "@/strings/blocks";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Dialog } from "@/ui/Dialog";
import { Disclosure } from "@/ui/Disclosure";
import { fetchPictures, remotePictures } from "./fetching";

const words = blocks.report;
const LOOKS = {
  mapped: { icon: CircleCheck, colour: "text-success" },
  placeholder: { icon: CircleDashed, colour: "text-warning" },
  dropped: { icon: CircleX, colour: "text-danger" },
} satisfies Record<ImportLine["status"], object>;

export function ImportDialog({ name, report }: { name: string; report: readonly ImportLine[] }) {
  const mapped = report.filter(({ status }) => status === "mapped");
  const others = report.filter(({ status }) => status !== "mapped");
  return (
    <Dialog
      open
      title={words.title(name)}
      description={others.length === 0 ? words.all(mapped.length) : words.some(mapped.length, others.length)}
      onOpenChange={closeDialog}
      footer={
        <>
          <FetchButton />
          <Button variant="primary" onClick={closeDialog}>
            {text.common.close}
          </Button>
        </>
      }
    >
      <Lines lines={others} />
      {mapped.length > 0 && (
        <Disclosure title={words.taken(mapped.length)} startsOpen={others.length === 0} className="mt-2">
          <Lines lines={mapped} />
        </Disclosure>
      )}
    </Dialog>
  );
}

/** The workflow may name pictures on the web; they are fetched only when a person wants that. */
function FetchButton() {
  const doc = useTab((tab) => tab.doc);
  const pictures = useMemo(() => remotePictures(doc), [doc]);
  const [busy, setBusy] = useState(false);
  if (pictures.length === 0) return null;
  const fetchAll = () => {
    setBusy(true);
    void fetchPictures(pictures)
      .catch((error: unknown) => reportError(words.fetchFailed, error))
      .finally(() => setBusy(false));
  };
  return (
    <Button icon={Download} disabled={busy} onClick={fetchAll}>
      {busy ? words.fetching : words.fetch(pictures.length)}
    </Button>
  );
}

function Lines({ lines }: { lines: readonly ImportLine[] }) {
  return (
    <ul className="flex flex-col">
      {lines.map((line, index) => (
        <Line key={`${line.node} ${index}`} line={line} />
      ))}
    </ul>
  );
}

function Line({ line: { node, status, text: sentence } }: { line: ImportLine }) {
  const isThere = useTab((tab) => nodeById(tab.doc, node) !== undefined);
  const { icon: Icon, colour } = LOOKS[status];
  const show = () => {
    closeDialog();
    select([node]);
    focusNode(node);
  };
  return (
    <li className="flex items-start gap-2 border-t border-line py-2 text-sm first:border-t-0">
      <Icon size={14} aria-hidden className={cx("mt-0.5 shrink-0", colour)} />
      <span className="sr-only">{words.statuses[status]}: </span>
      <span className="min-w-0 flex-1 text-body select-text [overflow-wrap:anywhere]">{sentence}</span>
      {isThere && (
        <Button size="sm" variant="ghost" aria-label={words.show(node)} onClick={show}>
          {node}
        </Button>
      )}
    </li>
  );
}
