/** Every text a person sees, in one place, by area. */
import { canvas } from "./canvas";
import { common } from "./common";
import { panels } from "./panels";
import { results } from "./results";
import { shell } from "./shell";
import { store } from "./store";
import { widgets } from "./widgets";

export const text = { canvas, common, panels, results, shell, store, widgets };
