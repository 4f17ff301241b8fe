/** The control of a free text with suggestions; a repo is suggested from the models on this machine. */
import { useNode } from "@/store/editor";
import { ComboField } from "./ComboField";
import type { ControlProps } from "./control";
import { useLocalModels } from "./useLocalModels";

export function ComboboxControl({ nodeId, port, widget, value, label, disabled, onChange }: ControlProps) {
  const isRepo = useNode(nodeId)?.type === "diffusion.pipeline" && port.name === "repo";
  const models = useLocalModels(isRepo).filter((model) => model.pipeline === true);
  const offered = [...(widget.options ?? []).map(plain), ...models.map((model) => model.repo)];
  return (
    <ComboField
      label={label}
      value={plain(value)}
      placeholder={widget.placeholder ?? ""}
      disabled={disabled}
      suggestions={[...new Set(offered)].map((option) => ({
        value: option,
        label: option || (widget.placeholder ?? ""),
      }))}
      onCommit={onChange}
    />
  );
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
