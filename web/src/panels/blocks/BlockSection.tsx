/** What the block of a node says of itself: its class, the blocks inside it, the components it expects, its text. */
import { Repeat } from "lucide-react";
import type { BlockDoc } from "@/api/blocks";
import { ApiError } from "@/api/client";
import type { GraphNode } from "@/graph/types";
import { Docs } from "@/panels/results/Docs";
import { Section } from "@/panels/results/Section";
import { useNodePorts } from "@/store/editor";
import { blocks } from "@/strings/blocks";
import { Disclosure } from "@/ui/Disclosure";
import { ProblemView } from "@/ui/ProblemView";
import { Skeleton } from "@/ui/Skeleton";
import { useBlockDoc } from "./queries";
import { treeRows } from "./tree";

const words = blocks.doc;
/** px by which a block stands further in than the one it is part of. */
const INDENT = 12;

export function BlockSection({ node: { id, params } }: { node: GraphNode }) {
  const { data, error, isLoading } = useBlockDoc(id, useNodePorts(id));
  if (data === undefined && !isLoading && error === null) return null;
  return (
    <Section title={words.title} open>
      {data ? (
        <Shown doc={data} block={typeof params["block"] === "string" ? params["block"] : ""} />
      ) : error ? (
        <ProblemView problem={error instanceof ApiError ? error.problem : { message: words.failed }} />
      ) : (
        <Skeleton className="h-16" />
      )}
    </Section>
  );
}

function Shown({ doc: { class_name, doc, tree, components }, block }: { doc: BlockDoc; block: string }) {
  return (
    <div className="flex flex-col gap-3">
      <p className="text-xs text-muted">
        {words.class} <code className="font-mono text-body select-text [overflow-wrap:anywhere]">{class_name}</code>
      </p>
      {tree.length > 0 && <Tree tree={tree} block={block} />}
      {components.length > 0 && <Components components={components} />}
      {doc.trim() !== "" && (
        <Disclosure title={words.more}>
          <div className="mt-1">
            <Docs>{doc}</Docs>
          </div>
        </Disclosure>
      )}
    </div>
  );
}

function Tree({ tree, block }: { tree: BlockDoc["tree"]; block: string }) {
  return (
    <div>
      <h4 className="mb-1 text-xs text-muted">{words.tree}</h4>
      <ul className="flex flex-col gap-0.5">
        {treeRows(tree, block).map(({ path, name, depth, className, description, loop }) => (
          <li
            key={path}
            style={{ paddingLeft: depth * INDENT }}
            title={[className, description].filter(Boolean).join(": ")}
          >
            <p className="flex items-center gap-1.5 text-sm">
              <span className={className === null ? "text-muted" : "text-body"}>{name}</span>
              {loop && <Repeat size={12} aria-label={words.loop} className="text-muted" />}
              {className !== null && <code className="min-w-0 truncate font-mono text-xs text-muted">{className}</code>}
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Components({ components }: { components: BlockDoc["components"] }) {
  return (
    <div>
      <h4 className="mb-1 text-xs text-muted">{words.components}</h4>
      <ul className="flex flex-col gap-1">
        {components.map(({ name, type, repo, loaded_from }) => (
          <li key={name} className="text-sm text-body">
            <p className="flex flex-wrap items-baseline gap-x-2">
              {name}
              <code className="font-mono text-xs text-muted [overflow-wrap:anywhere]" title={type}>
                {type.slice(type.lastIndexOf(".") + 1)}
              </code>
            </p>
            <p className="text-xs text-muted [overflow-wrap:anywhere]">
              {repo === "" ? loaded_from : words.from(loaded_from)}
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}
