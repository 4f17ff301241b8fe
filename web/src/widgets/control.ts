/** What the control of a param is given, whichever kind it is. */
import type { JsonValue, Port, Widget } from "@/api/types";

export interface ControlProps {
  readonly nodeId: string;
  readonly port: Port;
  readonly widget: Widget;
  /** What counts now: the param's value, else its default. */
  readonly value: JsonValue;
  /** The accessible name. */
  readonly label: string;
  readonly disabled: boolean;
  /** Undefined puts the param back to its default. */
  readonly onChange: (value: JsonValue | undefined) => void;
}
