/** The search for a node of this graph; picking one brings it into view. */
import { Command } from "cmdk";
import { useMemo, useState } from "react";
import { create } from "zustand";
import { fuzzy } from "@/graph/search";
import type { Point } from "@/graph/types";
import { useCatalogue } from "@/store/catalogue";
import { select, useTab } from "@/store/editor";
import { focusNode } from "@/store/focus";
import { text } from "@/strings";
import { EntryIcon } from "./EntryIcon";
import { Finder } from "./Finder";
import { nodeTitle } from "./titles";

const MOST = 60;

const useStore = create<{ at: Point | null }>(() => ({ at: null }));

export function openNodeFinder(at: Point): void {
  useStore.setState({ at });
}

export function NodeFinder() {
  const at = useStore((state) => state.at);
  return at && <OpenFinder at={at} />;
}

function close(): void {
  useStore.setState({ at: null });
}

function OpenFinder({ at }: { at: Point }) {
  const nodes = useTab((tab) => tab.doc.nodes);
  const { byType } = useCatalogue();
  const [query, setQuery] = useState("");
  const matches = useMemo(() => {
    const items = nodes.map((node) => {
      const type = byType.get(node.type);
      return { id: node.id, title: nodeTitle(node, type), category: type?.category, kind: type?.title ?? node.type };
    });
    return fuzzy(query, items, ({ title, id, kind, category = "" }) => [title, id, kind, category]).slice(0, MOST);
  }, [nodes, byType, query]);
  return (
    <Finder
      at={at}
      label={text.canvas.findNode}
      placeholder={text.canvas.findNodePlaceholder}
      empty={text.canvas.noNode}
      query={query}
      onQuery={setQuery}
      onClose={close}
    >
      {matches.map((item) => (
        <Command.Item
          key={item.id}
          value={item.id}
          className="finder-item"
          onSelect={() => {
            close();
            select([item.id]);
            focusNode(item.id);
          }}
        >
          <EntryIcon category={item.category} />
          <span className="truncate">{item.title}</span>
          <span className="finder-aside ml-auto shrink-0 pl-3 font-mono text-xs">{item.id}</span>
        </Command.Item>
      ))}
    </Finder>
  );
}
