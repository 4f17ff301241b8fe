/** The conflict that a person put off, until it is asked for again. */
import { create } from "zustand";
import type { Conflict } from "@/store/editor";

const useStore = create<{ later: Conflict | null }>(() => ({ later: null }));

export function decideLater(conflict: Conflict): void {
  useStore.setState({ later: conflict });
}

export function decideNow(): void {
  useStore.setState({ later: null });
}

export function useIsPutOff(conflict: Conflict | null): boolean {
  return useStore(({ later }) => later === conflict);
}
