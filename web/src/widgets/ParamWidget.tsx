/** The control of one param, by the kind of widget that its port asks for. */
import { memo, useCallback, type ComponentType } from "react";
import type { JsonValue, Port, Widget } from "@/api/types";
import { setParam } from "@/graph/commands";
import { isJson } from "@/graph/json";
import { dispatch } from "@/store/editor";
import { CheckboxControl } from "./CheckboxControl";
import { ColorControl } from "./ColorControl";
import { ComboboxControl } from "./ComboboxControl";
import type { ControlProps } from "./control";
import { FileControl } from "./FileControl";
import { JsonControl } from "./JsonControl";
import { MultilineControl } from "./MultilineControl";
import { NumberControl } from "./NumberControl";
import { RepoControl } from "./RepoControl";
import { SeedControl } from "./SeedControl";
import { SelectControl } from "./SelectControl";
import { TextControl } from "./TextControl";

const CONTROLS = {
  text: TextControl,
  multiline: MultilineControl,
  number: NumberControl,
  slider: NumberControl,
  select: SelectControl,
  combobox: ComboboxControl,
  repo: RepoControl,
  checkbox: CheckboxControl,
  seed: SeedControl,
  color: ColorControl,
  file: FileControl,
  image: FileControl,
  mask: FileControl,
  video: FileControl,
  json: JsonControl,
} satisfies Record<Widget["kind"], ComponentType<ControlProps>>;

export interface ParamWidgetProps {
  nodeId: string;
  port: Port;
  /** The value that was set; without one the default counts. */
  value?: JsonValue | undefined;
  disabled?: boolean;
}

export const ParamWidget = memo(function ParamWidget({ nodeId, port, value, disabled = false }: ParamWidgetProps) {
  const { name, widget } = port;
  const label = port.title || name;
  const onChange = useCallback(
    (next: JsonValue | undefined) => dispatch(setParam(nodeId, name, next, label)),
    [nodeId, name, label],
  );
  if (!widget) return null;
  const Control: ComponentType<ControlProps> = CONTROLS[widget.kind];
  const effective = value ?? (value === undefined && isJson(port.default) ? port.default : null);
  return (
    <Control
      nodeId={nodeId}
      port={port}
      widget={widget}
      value={effective}
      label={label}
      disabled={disabled}
      onChange={onChange}
    />
  );
});
