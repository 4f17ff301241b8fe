/** The short messages at the edge of the window. */
import { dismiss, useToasts } from "@/store/toasts";
import { Toaster } from "@/ui/Toaster";

export function Toasts() {
  const toasts = useToasts();
  return (
    <Toaster
      toasts={toasts.map((toast) => ({ ...toast, id: `${toast.id}` }))}
      onDismiss={(id) => dismiss(Number(id))}
    />
  );
}
