/** The dialog that is open. Those about blocks, which fewer people open, are loaded only then. */
import { lazy, Suspense } from "react";
import { assertNever } from "@/store/assert";
import { useUi, type DialogState } from "@/store/ui";
import { later } from "@/ui/later";

const HistoryDialog = later(async () => (await import("@/panels/shell/HistoryDialog")).HistoryDialog);
const ImportDialog = lazy(() =>
  import("@/panels/blocks/ImportDialog").then((module) => ({ default: module.ImportDialog })),
);
const InsertDialog = later(async () => (await import("@/panels/blocks/InsertDialog")).InsertDialog);
const Lightbox = later(async () => (await import("./Lightbox")).Lightbox);
const MaskDialog = later(async () => (await import("@/widgets/MaskDialog")).MaskDialog);
const PublishDialog = lazy(() =>
  import("@/panels/blocks/PublishDialog").then((module) => ({ default: module.PublishDialog })),
);
const ReviewDialog = lazy(() =>
  import("@/panels/blocks/ReviewDialog").then((module) => ({ default: module.ReviewDialog })),
);
const SettingsDialog = later(async () => (await import("./SettingsDialog")).SettingsDialog);
const ShortcutsDialog = later(async () => (await import("./ShortcutsDialog")).ShortcutsDialog);
const SystemDialog = later(async () => (await import("./SystemDialog")).SystemDialog);
const TextDialog = later(async () => (await import("./TextDialog")).TextDialog);
const UpdateDialog = lazy(() =>
  import("@/panels/blocks/UpdateDialog").then((module) => ({ default: module.UpdateDialog })),
);

export function Dialogs() {
  const dialog = useUi((ui) => ui.dialog);
  return <Suspense fallback={null}>{dialog && <Shown dialog={dialog} />}</Suspense>;
}

function Shown({ dialog }: { dialog: DialogState }) {
  switch (dialog.kind) {
    case "settings":
      return <SettingsDialog />;
    case "shortcuts":
      return <ShortcutsDialog />;
    case "system":
      return <SystemDialog />;
    case "lightbox":
      return <Lightbox {...dialog} />;
    case "mask":
      return <MaskDialog {...dialog} />;
    case "text":
      return <TextDialog title={dialog.title} text={dialog.text} />;
    case "history":
      return <HistoryDialog graph={dialog.graph} />;
    case "review":
      return <ReviewDialog {...dialog} />;
    case "insert":
      return <InsertDialog nodeId={dialog.nodeId} />;
    case "publish":
      return <PublishDialog nodes={dialog.nodes} />;
    case "update":
      return <UpdateDialog />;
    case "import":
      return <ImportDialog name={dialog.name} report={dialog.report} />;
    default:
      return assertNever(dialog);
  }
}
