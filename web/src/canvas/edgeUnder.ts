/** The edge below the pointer, though a node lies over it. */
import type { Point } from "@/graph/types";

/** The id of the edge at a place of the screen, whatever lies over it. */
export function edgeUnder({ x, y }: Point): string | null {
  const found = document.elementsFromPoint(x, y).find((element) => element.closest(EDGE) !== null);
  return found?.closest<HTMLElement>(EDGE)?.dataset["id"] ?? null;
}

let marked: string | null = null;

/** Lets one edge look as if something were about to happen to it. */
export function markEdge(id: string | null): void {
  if (id === marked) return;
  marked = id;
  for (const edge of document.querySelectorAll<HTMLElement>(EDGE)) {
    if (edge.dataset["id"] === id) edge.dataset["landing"] = "";
    else delete edge.dataset["landing"];
  }
}

const EDGE = ".react-flow__edge";
