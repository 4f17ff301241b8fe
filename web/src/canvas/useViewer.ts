/** Whether the window is so narrow that it is for looking and running only: nodes stay where they are. */
import { useSyncExternalStore } from "react";

const narrow = matchMedia("(max-width: 699.98px)");

export function useViewer(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches);
}

function subscribe(listener: () => void): () => void {
  narrow.addEventListener("change", listener);
  return () => narrow.removeEventListener("change", listener);
}
