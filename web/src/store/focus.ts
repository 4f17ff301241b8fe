/** Asks the canvas to bring a node into view. */
import { create } from "zustand";

export interface FocusRequest {
  readonly node: string;
  /** Differs for each request, so that asking twice for the same node works twice. */
  readonly number: number;
}

const useStore = create<{ request: FocusRequest | null }>(() => ({ request: null }));

export function focusNode(node: string): void {
  useStore.setState(({ request }) => ({ request: { node, number: (request?.number ?? 0) + 1 } }));
}

/** The last request; null until there is one. */
export function useFocusRequest(): FocusRequest | null {
  return useStore((state) => state.request);
}
