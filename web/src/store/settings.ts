/** What a person prefers, kept in the browser. */
import { create } from "zustand";
import { isRecord } from "@/api/client";
import { shared } from "@/store/storage";

export interface Settings {
  readonly theme: "system" | "light" | "dark";
  readonly grid: boolean;
  readonly snap: boolean;
  readonly edgeStyle: "bezier" | "step" | "straight";
  readonly previews: boolean;
  /** Previews shown per second and node at most. */
  readonly previewRate: number;
  readonly minimap: boolean;
  readonly leftPanel: "nodes" | "templates" | "workflows" | "models" | "gallery" | "queue" | null;
  /** px */
  readonly leftWidth: number;
  readonly inspector: boolean;
  /** px */
  readonly inspectorWidth: number;
}

const defaultSettings: Settings = {
  theme: "system",
  grid: true,
  snap: false,
  edgeStyle: "bezier",
  previews: true,
  previewRate: 10,
  minimap: true,
  leftPanel: "nodes",
  leftWidth: 280,
  inspector: true,
  inspectorWidth: 320,
};

const choices: { readonly [K in "theme" | "edgeStyle" | "leftPanel"]: readonly Settings[K][] } = {
  theme: ["system", "light", "dark"],
  edgeStyle: ["bezier", "step", "straight"],
  leftPanel: ["nodes", "templates", "workflows", "models", "gallery", "queue", null],
};

const KEY = "blockloom.settings";

export const useSettings = create<Settings>(() => ({ ...defaultSettings, ...kept() }));

export function setSettings(patch: Partial<Settings>): void {
  useSettings.setState(patch);
  try {
    shared.set(KEY, JSON.stringify(useSettings.getState()));
  } catch {
    // Without room the settings last as long as the page.
  }
}

/** Keeps `data-theme` of the page at what was chosen, or at what the system says. Returns the way to stop. */
export function applyTheme(): () => void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const { theme } = useSettings.getState();
    document.documentElement.dataset["theme"] = theme === "system" ? (dark.matches ? "dark" : "light") : theme;
  };
  apply();
  dark.addEventListener("change", apply);
  const stop = useSettings.subscribe(apply);
  return () => {
    dark.removeEventListener("change", apply);
    stop();
  };
}

/** What was kept, as far as each value is of the kind it must be. */
function kept(): Partial<Settings> {
  try {
    const found: unknown = JSON.parse(shared.get(KEY) ?? "{}");
    return isRecord(found) ? readSettings(found) : {};
  } catch {
    return {};
  }
}

export function readSettings(found: Readonly<Record<string, unknown>>): Partial<Settings> {
  const sound = Object.entries(defaultSettings).filter(([name, usual]) => {
    const value = found[name];
    if (isChoice(name)) return choices[name].some((choice) => choice === value);
    return typeof value === typeof usual && !Number.isNaN(value);
  });
  return Object.fromEntries(sound.map(([name]) => [name, found[name]]));
}

function isChoice(name: string): name is keyof typeof choices {
  return Object.hasOwn(choices, name);
}
