/** Asks the canvas to bring nodes into view. */
import { create } from "zustand";

export interface FocusRequest {
  readonly nodes: readonly string[];
  /** Leaves the view as it is if all of them are in it; else the view is moved to the nodes. */
  readonly onlyIfHidden: boolean;
}

/** A new object for each request, so that asking twice for the same node works twice. */
const useStore = create<{ request: FocusRequest | null }>(() => ({ request: null }));

/** Puts a node in the middle, large enough to be read. */
export function focusNode(node: string): void {
  useStore.setState({ request: { nodes: [node], onlyIfHidden: false } });
}

/** Brings nodes into view that are not all in it. */
export function revealNodes(nodes: readonly string[]): void {
  useStore.setState({ request: { nodes, onlyIfHidden: true } });
}

/** The last request; null until there is one. */
export function useFocusRequest(): FocusRequest | null {
  return useStore((state) => state.request);
}
