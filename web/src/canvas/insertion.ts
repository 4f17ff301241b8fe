/** Remembers for which edge the search palette was opened: what is picked goes into that edge. */
import { openPalette, type PaletteState } from "@/store/ui";

const edges = new WeakMap<PaletteState, string>();

export function openPaletteOnEdge(edge: string, palette: PaletteState): void {
  edges.set(palette, edge);
  openPalette(palette);
}

export function edgeToInsertOn(palette: PaletteState): string | undefined {
  return edges.get(palette);
}
