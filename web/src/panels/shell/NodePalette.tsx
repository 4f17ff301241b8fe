/** All nodes by category, to search, to drag onto the canvas, or to add with Enter. */
import { SearchX } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { place } from "@/canvas/placing";
import type { PaletteEntry } from "@/graph/search";
import { text } from "@/strings";
import { useCatalogue } from "@/store/catalogue";
import { EmptyState } from "@/ui/EmptyState";
import { SearchInput } from "@/ui/SearchInput";
import { Skeleton } from "@/ui/Skeleton";
import { NodeTree } from "./NodeTree";
import { paletteRows } from "./paletteRows";
import { Panel } from "./Panel";
import { useCentre } from "./useCentre";

const words = text.shell.palette;
const NOTHING: readonly PaletteEntry[] = [];
const PLACES = [0, 1, 2, 3, 4, 5, 6, 7];

export function NodePalette() {
  // Drawn after what a person waits for: the graph that the page opens with.
  const entries = useDeferredValue(useCatalogue().entries, NOTHING);
  const [query, setQuery] = useState("");
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => paletteRows(entries, query, folded), [entries, query, folded]);
  const centre = useCentre();
  const add = (entry: PaletteEntry) => place(entry, centre());
  const first = rows.find((row) => row.kind === "entry");
  const fold = (category: string, open: boolean) => {
    setFolded((before) => {
      const after = new Set(before);
      if (open) after.delete(category);
      else after.add(category);
      return after;
    });
  };
  return (
    <Panel title={text.shell.panels.nodes}>
      <div
        className="px-3 pb-2"
        onKeyDown={(event) => {
          if (event.key === "Enter" && query !== "" && first) add(first.entry);
        }}
      >
        <SearchInput value={query} onChange={setQuery} label={words.search} />
      </div>
      {entries.length === 0 ? (
        <Loading />
      ) : rows.length === 0 ? (
        <EmptyState icon={SearchX} title={words.none(query)} text={words.noneHint} />
      ) : (
        <NodeTree rows={rows} onAdd={add} onFold={fold} />
      )}
    </Panel>
  );
}

function Loading() {
  return (
    <div role="status" aria-label={words.loading} className="flex flex-col gap-2 px-3">
      {PLACES.map((place) => (
        <Skeleton key={place} className="h-5" />
      ))}
    </div>
  );
}
