/** What a wrong drop of an edge says, until it is closed. */
import { create } from "zustand";
import type { Point } from "@/graph/types";

interface WrongDrop {
  /** On the screen. */
  readonly at: Point;
  readonly reason: string;
  readonly fix: { readonly label: string; readonly run: () => void } | null;
}

export const useWrongDrop = create<{ drop: WrongDrop | null }>(() => ({ drop: null }));

export function showWrongDrop(drop: WrongDrop): void {
  useWrongDrop.setState({ drop });
}

export function closeWrongDrop(): void {
  useWrongDrop.setState({ drop: null });
}
