/** Short messages at the edge of the window. */
import { create } from "zustand";

export interface Toast {
  readonly id: number;
  readonly kind: "info" | "success" | "warning" | "error";
  readonly title: string;
  readonly text?: string;
  readonly details?: string;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** What it is about, for whoever takes away all that is said about that. */
  readonly topic?: string;
}

/** Milliseconds after which a toast leaves; one that reports a failure stays until it is closed. */
const PATIENCE = { info: 5000, success: 5000, warning: 10_000, error: Infinity } satisfies Record<
  Toast["kind"],
  number
>;
const MOST = 4;

const useStore = create<{ toasts: readonly Toast[] }>(() => ({ toasts: [] }));
let last = 0;

/** Shows a message and returns its id. One that says the same is replaced, so that nothing piles up. */
export function toast(message: Omit<Toast, "id">): number {
  const id = ++last;
  useStore.setState(({ toasts }) => {
    const others = toasts.filter((other) => other.title !== message.title || other.text !== message.text);
    return { toasts: [...others, { ...message, id }].slice(-MOST) };
  });
  const patience = PATIENCE[message.kind];
  if (patience !== Infinity) setTimeout(() => dismiss(id), patience);
  return id;
}

export function dismiss(id: number): void {
  useStore.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}

/** Takes away what says a thing that is being dealt with: it would lie over the dialog for that. */
export function dismissAbout(title: string): void {
  for (const toast of toasts()) if (toast.title === title) dismiss(toast.id);
}

/** Takes away all that is said about something that begins anew. */
export function dismissTopic(topic: string): void {
  for (const toast of toasts()) if (toast.topic === topic) dismiss(toast.id);
}

export function useToasts(): readonly Toast[] {
  return useStore((state) => state.toasts);
}

/** The messages now, for those outside React. */
export function toasts(): readonly Toast[] {
  return useStore.getState().toasts;
}
