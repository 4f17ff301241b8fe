/** What the block of a node says of itself: its class, the blocks inside it, the components it expects, its text. */
import type { BlockDoc } from "@/api/blocks";
import { ApiError } from "@/api/client";
import { Docs } from "@/panels/results/Docs";
import { Section } from "@/panels/results/Section";
import { useNodePorts } from "@/store/editor";
import { blocks } from "@/strings/blocks";
import { Disclosure } from "@/ui/Disclosure";
import { ProblemView } from "@/ui/ProblemView";
import { Skeleton } from "@/ui/Skeleton";
import { useBlockDoc } from "./queries";

const words = blocks.doc;
/** px by which a block stands further in than the one it is part of. */
const INDENT = 12;

export function BlockSection({ node }: { node: string }) {
  const { data, error, isLoading } = useBlockDoc(node, useNodePorts(node));
  if (data === undefined && !isLoading && error === null) return null;
  return (
    <Section title={words.title} open>
      {data ? (
        <Shown doc={data} />
      ) : error ? (
        <ProblemView problem={error instanceof ApiError ? error.problem : { message: words.failed }} />
      ) : (
        <Skeleton className="h-16" />
      )}
    </Section>
  );
}

function Shown({ doc: { class_name, doc, tree, components } }: { doc: BlockDoc }) {
  return (
    <div className="flex flex-col gap-3">
      <p className="text-xs text-muted">
        {words.class} <code className="font-mono text-body select-text [overflow-wrap:anywhere]">{class_name}</code>
      </p>
      {tree.length > 0 && <Tree tree={tree} />}
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

function Tree({ tree }: { tree: BlockDoc["tree"] }) {
  const least = Math.min(...tree.map(({ depth }) => depth));
  return (
    <div>
      <h4 className="mb-1 text-xs text-muted">{words.tree}</h4>
      <ul className="flex flex-col gap-1">
        {tree.map(({ path, class_name, description, depth }) => (
          <li key={path} style={{ paddingLeft: (depth - least) * INDENT }} title={description}>
            <p className="flex flex-wrap items-baseline gap-x-2 text-sm text-body">
              {path.slice(path.lastIndexOf(".") + 1)}
              <code className="font-mono text-xs text-muted [overflow-wrap:anywhere]">{class_name}</code>
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
              <code className="font-mono text-xs text-muted [overflow-wrap:anywhere]">{type}</code>
            </p>
            {(loaded_from || repo) !== "" && (
              <p className="text-xs text-muted [overflow-wrap:anywhere]">{words.from(loaded_from || repo)}</p>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
