/** The dialog that is open; each is loaded when it is first wanted. */
import { lazy, Suspense } from "react";
import { assertNever } from "@/store/assert";
import { useUi, type DialogState } from "@/store/ui";

const HistoryDialog = lazy(() =>
  import("@/panels/shell/HistoryDialog").then((module) => ({ default: module.HistoryDialog })),
);
const ImportDialog = lazy(() =>
  import("@/panels/blocks/ImportDialog").then((module) => ({ default: module.ImportDialog })),
);
const InsertDialog = lazy(() =>
  import("@/panels/blocks/InsertDialog").then((module) => ({ default: module.InsertDialog })),
);
const Lightbox = lazy(() => import("./Lightbox").then((module) => ({ default: module.Lightbox })));
const MaskDialog = lazy(() => import("@/widgets/MaskDialog").then((module) => ({ default: module.MaskDialog })));
const PublishDialog = lazy(() =>
  import("@/panels/blocks/PublishDialog").then((module) => ({ default: module.PublishDialog })),
);
const ReviewDialog = lazy(() =>
  import("@/panels/blocks/ReviewDialog").then((module) => ({ default: module.ReviewDialog })),
);
const SettingsDialog = lazy(() => import("./SettingsDialog").then((module) => ({ default: module.SettingsDialog })));
const ShortcutsDialog = lazy(() => import("./ShortcutsDialog").then((module) => ({ default: module.ShortcutsDialog })));
const SystemDialog = lazy(() => import("./SystemDialog").then((module) => ({ default: module.SystemDialog })));
const TextDialog = lazy(() => import("./TextDialog").then((module) => ({ default: module.TextDialog })));
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
