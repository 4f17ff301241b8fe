/** How much of the nodes is drawn: less, the farther out the canvas is zoomed. */
import { createContext } from "react";

/** "box": a plain box with its picture. "title": with its title, too. */
export type Detail = "all" | "title" | "box";

/** Below these zooms less is drawn: params could not be used, and titles not be read. */
const TITLE_BELOW = 0.32;
const BOX_BELOW = 0.16;

export function detailAt(zoom: number): Detail {
  return zoom >= TITLE_BELOW ? "all" : zoom >= BOX_BELOW ? "title" : "box";
}

export const DetailContext = createContext<Detail>("all");
