/** The inputs of a node with type, documentation and what goes in now. */
import type { JsonValue, NodePorts, Port } from "@/api/types";
import { edgeId, edgesInto } from "@/graph/document";
import type { GraphEdge, GraphNode } from "@/graph/types";
import { useTab } from "@/store/editor";
import { text } from "@/strings";
import { Badge } from "@/ui/Badge";
import { Disclosure } from "@/ui/Disclosure";
import { PortRow } from "./PortRow";
import { Section } from "./Section";
import { written } from "./seeds";
import { focusAndSelect } from "./focus";
import { useNodeTitle } from "@/canvas/useNodeTitle";

const words = text.results.inspector;

export function InputList({ node, ports }: { node: GraphNode; ports: NodePorts }) {
  const inputs = ports.inputs ?? [];
  const advanced = inputs.filter((port) => port.advanced);
  const rows = (shown: readonly Port[]) => (
    <ul className="flex flex-col gap-3">
      {shown.map((port) => (
        <PortRow key={port.name} port={port}>
          <Now node={node} port={port} />
          {port.many && <Badge className="w-fit">{words.list}</Badge>}
          {ports.mapped?.includes(port.name) && <Badge className="w-fit">{words.mapped}</Badge>}
        </PortRow>
      ))}
    </ul>
  );
  return (
    <Section title={words.inputs} open>
      {inputs.length === 0 && <p className="text-xs text-muted">{words.noPorts}</p>}
      {rows(inputs.filter((port) => !port.advanced))}
      {advanced.length > 0 && (
        <Disclosure title={text.canvas.advanced(advanced.length)} className="mt-2">
          <div className="pt-2">{rows(advanced)}</div>
        </Disclosure>
      )}
    </Section>
  );
}

/** Where the value comes from: an edge, a set param, or the default. */
function Now({ node, port }: { node: GraphNode; port: Port }) {
  const all = useTab((tab) => edgesInto(tab.doc, node.id));
  const edges = all.filter((edge) => edge.targetHandle === port.name);
  if (edges.length > 0) return edges.map((edge) => <Source key={edgeId(edge)} edge={edge} />);
  const set: JsonValue | undefined = node.params[port.name];
  if (set !== undefined) return <Value>{written(set)}</Value>;
  if (port.default !== undefined && port.default !== null && port.default !== "") {
    return <span className="text-xs text-muted">{words.portDefault(shortened(written(port.default)))}</span>;
  }
  return port.required ? (
    <Badge tone="warning" className="w-fit">
      {words.required}
    </Badge>
  ) : null;
}

function Source({ edge: { source, sourceHandle } }: { edge: GraphEdge }) {
  const title = useNodeTitle(source);
  return (
    <button
      type="button"
      className="w-fit text-left text-xs text-body underline decoration-line underline-offset-2 hover:decoration-current"
      onClick={() => focusAndSelect(source)}
    >
      {words.fromEdge(title ?? source, sourceHandle)}
    </button>
  );
}

function Value({ children }: { children: string }) {
  return (
    <span className="line-clamp-4 font-mono text-xs text-strong select-text [overflow-wrap:anywhere]">
      {children || "“”"}
    </span>
  );
}

const MOST = 80;

function shortened(value: string): string {
  return value.length > MOST ? `${value.slice(0, MOST)}…` : value;
}
