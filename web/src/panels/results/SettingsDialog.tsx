/** What a person prefers: looks, the canvas, previews. Everything takes effect at once. */
import type { ReactNode } from "react";
import { setSettings, useSettings } from "@/store/settings";
import { closeDialog } from "@/store/ui";
import { text } from "@/strings";
import { Dialog } from "@/ui/Dialog";
import { Select } from "@/ui/Select";
import { Slider } from "@/ui/Slider";
import { Switch } from "@/ui/Switch";

const words = text.panels.settings;
const THEMES = ["system", "light", "dark"] as const;
const EDGES = ["bezier", "step", "straight"] as const;
const MOST_PREVIEWS = 30;

export function SettingsDialog() {
  const settings = useSettings();
  return (
    <Dialog open title={words.title} description={words.description} onOpenChange={closeDialog}>
      <Group title={words.appearance}>
        <Row label={words.theme}>
          <Select
            label={words.theme}
            value={settings.theme}
            options={THEMES.map((value) => ({ value, label: words.themes[value] }))}
            onChange={(value) => choose(THEMES, value, (theme) => setSettings({ theme }))}
          />
        </Row>
      </Group>
      <Group title={words.canvas}>
        <Row label={words.edges}>
          <Select
            label={words.edges}
            value={settings.edgeStyle}
            options={EDGES.map((value) => ({ value, label: words.edgeStyles[value] }))}
            onChange={(value) => choose(EDGES, value, (edgeStyle) => setSettings({ edgeStyle }))}
          />
        </Row>
        <Switch label={words.grid} checked={settings.grid} onChange={(grid) => setSettings({ grid })} />
        <Switch label={words.snap} checked={settings.snap} onChange={(snap) => setSettings({ snap })} />
        <Switch label={words.minimap} checked={settings.minimap} onChange={(minimap) => setSettings({ minimap })} />
      </Group>
      <Group title={words.running}>
        <Switch label={words.previews} checked={settings.previews} onChange={(previews) => setSettings({ previews })} />
        <Row label={words.previewRate}>
          <Slider
            label={words.previewRate}
            min={1}
            max={MOST_PREVIEWS}
            value={settings.previewRate}
            disabled={!settings.previews}
            onChange={(previewRate) => setSettings({ previewRate })}
          />
          <span className="w-5 text-right text-sm text-body tabular-nums">{settings.previewRate}</span>
        </Row>
      </Group>
    </Dialog>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-1 border-t border-line py-3 first:border-t-0 first:pt-0 last:pb-0">
      <h3 className="mb-1 text-xs font-semibold text-strong">{title}</h3>
      {children}
    </section>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-h-8 items-center justify-between gap-3">
      <span className="text-sm text-body">{label}</span>
      <div className="flex w-40 items-center gap-3">{children}</div>
    </div>
  );
}

function choose<T extends string>(known: readonly T[], value: string, take: (value: T) => void): void {
  const found = known.find((one) => one === value);
  if (found !== undefined) take(found);
}
