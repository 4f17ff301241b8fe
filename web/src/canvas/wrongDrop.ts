/** What a wrong drop of an edge says, until it is closed. */
import { create } from "zustand";
import type { Point } from "@/graph/types";

interface WrongDrop {
  /** On the screen. */
  readonly at: Point;
  readonly reason: string;
  readonly fix: Fix | null;
}

interface Fix {
  readonly label: string;
  readonly run: () => void;
}

export const useWrongDrop = create<{ drop: WrongDrop | null }>(() => ({ drop: null }));

export function showWrongDrop(drop: WrongDrop): WrongDrop {
  useWrongDrop.setState({ drop });
  return drop;
}

/** Adds what would help, if the drop is still what is shown. */
export function offerFix(drop: WrongDrop, fix: Fix): void {
  useWrongDrop.setState((now) => (now.drop === drop ? { drop: { ...drop, fix } } : now));
}

export function closeWrongDrop(): void {
  useWrongDrop.setState({ drop: null });
}
