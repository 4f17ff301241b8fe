/** Whether the canvas is zoomed out so far that nodes are drawn as plain boxes. */
import { createContext } from "react";

export const LOW_ZOOM = 0.32;

export const LowZoom = createContext(false);
