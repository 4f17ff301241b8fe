/** The outputs of a node with type, documentation and what came out last. */
import type { NodePorts } from "@/api/types";
import type { GraphNode } from "@/graph/types";
import { useTab } from "@/store/editor";
import { openDialog, type LightboxImage } from "@/store/ui";
import { text } from "@/strings";
import { ValueView } from "@/widgets/ValueView";
import type { ShownPicture } from "@/widgets/value/Pictures";
import { PortRow } from "./PortRow";
import { Section } from "./Section";
import { useVisible } from "./useVisible";

const words = text.results.inspector;

export function OutputList({ node, ports }: { node: GraphNode; ports: NodePorts }) {
  const { outputs: values, gone } = useVisible(node.id);
  const run = useTab((tab) => tab.runs);
  const outputs = ports.outputs ?? [];
  const look = (pictures: readonly ShownPicture[], index: number) => {
    const images = pictures.map((picture) => asLightboxImage(picture, node.id, run));
    openDialog({ kind: "lightbox", images, index });
  };
  // What a preview node shows has no port to hang on.
  const others = Object.entries(values).filter(([name]) => !outputs.some((port) => port.name === name));
  return (
    <>
      <Section title={words.outputs} open>
        {gone && <p className="mb-2 text-xs text-muted">{words.noResult}</p>}
        {outputs.length === 0 && others.length === 0 && <p className="text-xs text-muted">{words.noPorts}</p>}
        <ul className="flex flex-col gap-2">
          {outputs.map((port) => {
            const value = values[port.name];
            return (
              <PortRow key={port.name} port={port} type={ports.types?.[port.name] ?? port.type}>
                {value && <ValueView value={value} onOpen={look} />}
              </PortRow>
            );
          })}
        </ul>
        {others.map(([name, value]) => (
          <ValueView key={name} value={value} onOpen={look} />
        ))}
      </Section>
    </>
  );
}

function asLightboxImage({ id, title, summary }: ShownPicture, node: string, run: string | null): LightboxImage {
  const mime = summary.artifact?.mime;
  return { artifact: id, title, node, summary, ...(mime && { mime }), ...(run !== null && { run }) };
}
