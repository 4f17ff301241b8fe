/** What is open in the window: panels, dialogs and the search palette. */
import { create } from "zustand";
import type { ImportLine } from "@/api/blocks";
import type { ValueSummary } from "@/api/types";
import type { Point } from "@/graph/types";
import { setSettings, useSettings } from "@/store/settings";

export type LeftPanel = "nodes" | "templates" | "workflows" | "models" | "gallery" | "queue";
export type InspectorTab = "node" | "run" | "problems";

export interface LightboxImage {
  readonly artifact: string;
  readonly title: string;
  readonly mime?: string;
  readonly run?: string;
  readonly node?: string;
  readonly summary?: ValueSummary;
}

export type DialogState =
  | { readonly kind: "settings" }
  | { readonly kind: "shortcuts" }
  | { readonly kind: "system" }
  | {
      readonly kind: "lightbox";
      readonly images: readonly LightboxImage[];
      readonly index: number;
      readonly compare?: number;
    }
  | { readonly kind: "mask"; readonly nodeId: string; readonly param: string; readonly image: string }
  | { readonly kind: "text"; readonly title: string; readonly text: string }
  | { readonly kind: "history"; readonly graph: string }
  | { readonly kind: "review"; readonly repo: string; readonly revision: string | null; readonly then?: "update" }
  | { readonly kind: "insert"; readonly nodeId: string }
  | { readonly kind: "publish"; readonly nodes: readonly string[] }
  | { readonly kind: "update" }
  | { readonly kind: "import"; readonly name: string; readonly report: readonly ImportLine[] };

/** The search palette: where it stands on the screen, where a picked node goes, and the edge that was dropped. */
export interface PaletteState {
  readonly at: Point;
  readonly flow: Point;
  readonly from?: {
    readonly node: string;
    readonly handle: string;
    readonly side: "source" | "target";
    readonly type: string;
  };
}

interface Ui {
  readonly leftPanel: LeftPanel | null;
  readonly inspector: boolean;
  readonly inspectorTab: InspectorTab;
  readonly dialog: DialogState | null;
  readonly palette: PaletteState | null;
}

/** Which panels are open comes from the settings, so that a reload finds them as they were. */
export const useUi = create<Ui>(() => ({
  leftPanel: useSettings.getState().leftPanel,
  inspector: useSettings.getState().inspector,
  inspectorTab: "node",
  dialog: null,
  palette: null,
}));

export function openDialog(dialog: DialogState): void {
  useUi.setState({ dialog });
}

export function closeDialog(): void {
  useUi.setState({ dialog: null });
}

export function openPalette(palette: PaletteState): void {
  useUi.setState({ palette });
}

export function closePalette(): void {
  useUi.setState({ palette: null });
}

/** Opens a panel at the left, or closes it if it is the open one. */
export function toggleLeft(panel: LeftPanel): void {
  setLeft(useUi.getState().leftPanel === panel ? null : panel);
}

function setLeft(leftPanel: LeftPanel | null): void {
  useUi.setState({ leftPanel });
  setSettings({ leftPanel });
}

export function toggleInspector(): void {
  setInspector(!useUi.getState().inspector);
}

function setInspector(inspector: boolean): void {
  useUi.setState({ inspector });
  setSettings({ inspector });
}

/** Opens the inspector at one of its tabs. */
export function showInspector(inspectorTab: InspectorTab): void {
  useUi.setState({ inspectorTab });
  setInspector(true);
}
