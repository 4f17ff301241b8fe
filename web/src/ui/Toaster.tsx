/** Notifications in the lower right corner; errors are read aloud at once, others when there is a pause. */
import { CircleAlert, CircleCheck, Info, TriangleAlert, X, type LucideIcon } from "lucide-react";
import { createPortal } from "react-dom";
import { text } from "@/strings";
import { Button } from "./Button";
import { CopyButton } from "./CopyButton";
import { cx } from "./cx";
import { Disclosure } from "./Disclosure";
import { IconButton } from "./IconButton";
import { ABOVE_DIALOGS } from "./useInertBackground";

type ToastKind = "info" | "success" | "warning" | "error";

export interface ShownToast {
  readonly id: string | number;
  readonly kind: ToastKind;
  readonly title: string;
  readonly text?: string;
  readonly details?: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

const ICONS: Record<ToastKind, LucideIcon> = {
  info: Info,
  success: CircleCheck,
  warning: TriangleAlert,
  error: CircleAlert,
};

const TINTS: Record<ToastKind, string> = {
  info: "text-info",
  success: "text-success",
  warning: "text-warning",
  error: "text-danger",
};

export interface ToasterProps<T extends ShownToast> {
  toasts: readonly T[];
  onDismiss: (id: T["id"]) => void;
}

export function Toaster<T extends ShownToast>({ toasts, onDismiss }: ToasterProps<T>) {
  return createPortal(
    <section
      aria-label={text.common.notifications}
      className="pointer-events-none fixed right-4 bottom-10 z-50 flex w-[min(360px,calc(100vw-32px))] flex-col gap-2"
      {...{ [ABOVE_DIALOGS]: "" }}
    >
      {toasts.map((toast) => (
        <Toast key={toast.id} toast={toast} onDismiss={() => onDismiss(toast.id)} />
      ))}
    </section>,
    document.body,
  );
}

function Toast({ toast, onDismiss }: { toast: ShownToast; onDismiss: () => void }) {
  const Icon = ICONS[toast.kind];
  const { action, details = "" } = toast;
  return (
    <div
      role={toast.kind === "error" ? "alert" : "status"}
      className="pointer-events-auto flex gap-2 rounded-panel border border-line bg-raised py-2 pr-1.5 pl-3 text-sm shadow-[var(--shadow-float)]"
    >
      <Icon size={16} className={cx("mt-1 shrink-0", TINTS[toast.kind])} aria-hidden />
      <div className="min-w-0 flex-1 py-0.5 [overflow-wrap:anywhere]">
        <p className="font-medium text-strong">{toast.title}</p>
        {toast.text !== undefined && <p className="text-muted">{toast.text}</p>}
        {details !== "" && (
          <Disclosure title={text.common.details}>
            <pre className="max-h-40 overflow-auto rounded-control bg-sunken p-2 font-mono text-xs whitespace-pre-wrap select-text">
              {details}
            </pre>
            <CopyButton value={`${toast.title}\n${toast.text ?? ""}\n\n${details}`} label={text.common.copyDetails} />
          </Disclosure>
        )}
        {action && (
          <Button
            size="sm"
            className="mt-1.5"
            onClick={() => {
              action.run();
              onDismiss();
            }}
          >
            {action.label}
          </Button>
        )}
      </div>
      <IconButton size="sm" label={text.common.dismiss} icon={X} onClick={onDismiss} />
    </div>
  );
}
