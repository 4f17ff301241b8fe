/** The control of a seed: its number, a die for another, and what becomes of it after a run. */
import { ArrowUp01, Dices, Lock, Shuffle, type LucideIcon } from "lucide-react";
import { randomSeed, seedControl, seedRange, setSeedControl, type SeedControl as Mode } from "@/graph/seeds";
import { dispatch, useNode } from "@/store/editor";
import { text } from "@/strings";
import { copyText } from "@/ui/copyText";
import { IconButton } from "@/ui/IconButton";
import { Menu, type MenuItem } from "@/ui/Menu";
import type { ControlProps } from "./control";
import { NumberField } from "./NumberField";
import { rulesOf } from "./numbers";
import { useLastSeed } from "./useLastSeed";

const ICONS: Record<Mode, LucideIcon> = { fixed: Lock, random: Shuffle, increment: ArrowUp01 };
const MODES = ["fixed", "random", "increment"] as const;

export function SeedControl({ nodeId, port, value, label, disabled, onChange }: ControlProps) {
  const node = useNode(nodeId);
  const byChance = value === null;
  const last = useLastSeed(nodeId, port.name);
  const mode = node ? seedControl(node, port.name) : "fixed";
  const rules = rulesOf(port);
  const choose = (next: Mode) => {
    if (byChance) onChange(last ?? randomSeed(seedRange(port)));
    dispatch(setSeedControl(nodeId, port.name, next));
  };
  const items: MenuItem[] = MODES.map((each) => ({
    label: text.widgets.seedModes[each],
    icon: ICONS[each],
    checked: !byChance && mode === each,
    onSelect: () => choose(each),
  }));
  // Only a param that has no seed by default may be left empty.
  if ((port.default ?? null) === null)
    items.push({ label: text.widgets.eachRun, checked: byChance, onSelect: () => onChange(undefined) });
  const keep = (seed: number) => {
    onChange(seed);
    dispatch(setSeedControl(nodeId, port.name, "fixed"));
  };
  if (last !== null && last !== value) items.push("separator", ...lastSeed(last, keep));
  return (
    <span className="flex min-w-0 flex-1 items-center gap-0.5 nodrag nopan nokey">
      <NumberField
        label={label}
        value={typeof value === "number" ? value : null}
        rules={rules}
        placeholder={last === null ? text.widgets.drawn : String(last)}
        disabled={disabled}
        onChange={(next) => onChange(next ?? undefined)}
      />
      <IconButton
        size="sm"
        icon={Dices}
        label={text.widgets.newSeed}
        disabled={disabled}
        onClick={() => onChange(randomSeed(seedRange(port)))}
      />
      <Menu
        align="end"
        items={items}
        trigger={
          <IconButton
            size="sm"
            icon={byChance ? Shuffle : ICONS[mode]}
            label={`${text.widgets.seedMode}: ${byChance ? text.widgets.eachRun : text.widgets.seedModes[mode]}`}
            disabled={disabled}
          />
        }
      />
    </span>
  );
}

function lastSeed(seed: number, keep: (seed: number) => void): MenuItem[] {
  return [
    { label: text.widgets.lastSeed(seed), disabled: true, onSelect: () => undefined },
    { label: text.widgets.keepSeed, icon: Lock, onSelect: () => keep(seed) },
    { label: text.widgets.copySeed, onSelect: () => void copyText(String(seed)) },
  ];
}
