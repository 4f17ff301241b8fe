/** The search for nodes to add, at the pointer; filtered by what fits if it was opened by the loose end of an edge. */
import { Command } from "cmdk";
import { useMemo, useState } from "react";
import { entryTexts, fitting, fuzzy, type PaletteEntry } from "@/graph/search";
import { useCatalogue } from "@/store/catalogue";
import { closePalette, useUi, type PaletteState } from "@/store/ui";
import { text } from "@/strings";
import { typeName } from "./connecting";
import { EntryIcon } from "./EntryIcon";
import { Finder } from "./Finder";
import { edgeToInsertOn } from "./insertion";
import { place, placeAtEnd, placeOnEdge } from "./placing";

/** More are not shown at once: typing another letter is faster than to scroll. */
const MOST = 60;

export function SearchPalette() {
  const palette = useUi((ui) => ui.palette);
  if (palette === null) return null;
  return <OpenPalette key={`${palette.at.x} ${palette.at.y}`} palette={palette} />;
}

function OpenPalette({ palette }: { palette: PaletteState }) {
  const { at, flow, from } = palette;
  const { entries } = useCatalogue();
  const [query, setQuery] = useState("");
  const matches = useMemo(() => {
    const offered = from ? fitting(entries, from) : entries;
    return fuzzy(query, offered, entryTexts).slice(0, MOST);
  }, [entries, from, query]);
  const pick = ({ type, params, title }: PaletteEntry) => {
    closePalette();
    const stamp = { type, params, title };
    const edge = edgeToInsertOn(palette);
    if (edge !== undefined) placeOnEdge(stamp, { x: flow.x - 120, y: flow.y - 15 }, edge);
    else if (from) placeAtEnd(stamp, { x: from.side === "source" ? flow.x : flow.x - 240, y: flow.y - 44 }, from);
    else place(stamp, flow);
  };
  return (
    <Finder
      at={at}
      label={text.canvas.addNode}
      placeholder={placeholder(from)}
      empty={text.canvas.noEntry}
      query={query}
      onQuery={setQuery}
      onClose={closePalette}
    >
      {matches.map((item) => (
        <Command.Item key={item.id} value={item.id} className="finder-item" onSelect={() => pick(item)}>
          <EntryIcon category={item.category} />
          <span className="truncate">{item.title}</span>
          <span className="finder-aside ml-auto shrink-0 pl-3 text-xs">{item.category}</span>
        </Command.Item>
      ))}
    </Finder>
  );
}

function placeholder(from: PaletteState["from"]): string {
  if (from === undefined) return text.canvas.addNodePlaceholder;
  const what = typeName(from.type);
  return from.side === "source" ? text.canvas.takingPlaceholder(what) : text.canvas.givingPlaceholder(what);
}
