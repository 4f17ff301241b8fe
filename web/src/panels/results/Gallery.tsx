/** The pictures, videos and sounds that runs made, newest first, in a grid that is drawn as far as it is seen. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { Images, SearchX } from "lucide-react";
import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { Panel } from "@/panels/shell/Panel";
import { openDialog } from "@/store/ui";
import { text } from "@/strings";
import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { SearchInput } from "@/ui/SearchInput";
import { Skeleton } from "@/ui/Skeleton";
import { GalleryTile } from "./GalleryTile";
import { flatten } from "./history";
import { LoadFailed } from "./LoadFailed";
import { asLightboxImage, galleryOf, type Media } from "./media";
import { useRunPages } from "./queries";
import { useLiveRuns } from "./useLiveRuns";
import { useSize } from "./useSize";

const words = text.results.gallery;

export function Gallery() {
  useLiveRuns();
  const [search, setSearch] = useState("");
  const [compared, setCompared] = useState<string | null>(null);
  const wanted = useDeferredValue(search.trim());
  const pages = useRunPages({ state: null, search: wanted });
  const media = useMemo(() => galleryOf(flatten(pages.data?.pages ?? [])), [pages.data]);
  const hasMore = pages.hasNextPage && !pages.isFetchingNextPage;
  const { fetchNextPage } = pages;

  // Runs that made nothing of that kind fill pages too: go on until there is something to see.
  useEffect(() => {
    if (hasMore && media.length === 0) void fetchNextPage();
  }, [hasMore, media.length, fetchNextPage]);

  const look = (id: string) => {
    const index = media.findIndex(({ artifact }) => artifact.id === id);
    const other = media.findIndex(({ artifact }) => artifact.id === compared);
    setCompared(null);
    openDialog({
      kind: "lightbox",
      images: media.map(asLightboxImage),
      index,
      ...(media[index]?.medium === "image" && other >= 0 && other !== index && { compare: other }),
    });
  };
  return (
    <Panel title={words.title}>
      <div className="px-3 pb-2">
        <SearchInput value={search} onChange={setSearch} label={words.search} />
      </div>
      {compared !== null && (
        <div
          role="status"
          className="flex items-center justify-between gap-2 border-y border-line px-3 py-1.5 text-xs text-body"
        >
          {words.compareHint}
          <Button size="sm" variant="ghost" onClick={() => setCompared(null)}>
            {text.common.cancel}
          </Button>
        </div>
      )}
      {pages.isPending ? (
        <Waiting />
      ) : pages.isError && media.length === 0 ? (
        <LoadFailed title={words.failed} error={pages.error} onRetry={() => void pages.refetch()} />
      ) : media.length === 0 ? (
        <EmptyState
          icon={wanted === "" ? Images : SearchX}
          title={wanted === "" ? words.empty : words.noMatch}
          text={wanted === "" ? words.emptyText : words.noMatchText}
        />
      ) : (
        <Grid
          media={media}
          compared={compared}
          hasMore={hasMore}
          onMore={() => void fetchNextPage()}
          onLook={look}
          onCompare={setCompared}
        />
      )}
    </Panel>
  );
}

interface GridProps {
  media: readonly Media[];
  compared: string | null;
  hasMore: boolean;
  onMore: () => void;
  onLook: (id: string) => void;
  onCompare: (id: string) => void;
}

const GAP = 8;
const TILE = 112;

function Grid({ media, compared, hasMore, onMore, onLook, onCompare }: GridProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [sizeRef, { width }] = useSize<HTMLDivElement>();
  const columns = Math.max(1, Math.floor((width + GAP) / (TILE + GAP)));
  const side = Math.max(TILE, (width - GAP * (columns - 1)) / columns);
  const rows = Math.ceil(media.length / columns);
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => frame.current,
    estimateSize: () => side + GAP,
    overscan: 3,
  });
  useEffect(() => virtual.measure(), [virtual, side]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= rows - 4) onMore();
  }, [hasMore, last, rows, onMore]);
  return (
    <div ref={frame} className="min-h-0 flex-1 overflow-auto px-3 py-1">
      <div ref={sizeRef}>
        <ul aria-label={words.count(media.length)} className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.flatMap((row) =>
            media.slice(row.index * columns, (row.index + 1) * columns).map((item, column) => (
              <li
                key={item.artifact.id}
                className="absolute top-0 left-0"
                style={{
                  width: side,
                  height: side,
                  transform: `translate(${column * (side + GAP)}px, ${row.start}px)`,
                }}
              >
                <GalleryTile
                  media={item}
                  isCompared={compared === item.artifact.id}
                  onLook={() => onLook(item.artifact.id)}
                  onCompare={() => onCompare(item.artifact.id)}
                />
              </li>
            )),
          )}
        </ul>
      </div>
    </div>
  );
}

function Waiting() {
  return (
    <div className="grid grid-cols-2 gap-2 px-3" aria-label={text.common.loading}>
      {[0, 1, 2, 3, 4, 5].map((index) => (
        <Skeleton key={index} className="aspect-square" />
      ))}
    </div>
  );
}
