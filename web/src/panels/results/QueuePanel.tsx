/** What runs, what waits, and what ran: one list that is drawn as far as it is seen. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { History, SearchX } from "lucide-react";
import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { Panel } from "@/panels/shell/Panel";
import { assertNever } from "@/store/assert";
import { useQueue } from "@/store/runs";
import { text } from "@/strings";
import { EmptyState } from "@/ui/EmptyState";
import { SearchInput } from "@/ui/SearchInput";
import { Select } from "@/ui/Select";
import { Skeleton } from "@/ui/Skeleton";
import { flatten, hasEnded } from "./history";
import { HistoryRow } from "./HistoryRow";
import { LoadFailed } from "./LoadFailed";
import { useRunPages, type RunFilter } from "./queries";
import { queueRows, type QueueRow } from "./queueRows";
import { RunningRow } from "./RunningRow";
import { useLiveRuns } from "./useLiveRuns";
import { WaitingRow } from "./WaitingRow";

const words = text.results.queue;
const FILTERS = ["succeeded", "failed", "cancelled"] as const;
const HEIGHTS = { heading: 32, running: 76, waiting: 52, ended: 68 } satisfies Record<QueueRow["kind"], number>;

export function QueuePanel() {
  useLiveRuns();
  const [search, setSearch] = useState("");
  const [state, setState] = useState<RunFilter["state"]>(null);
  const filter = { state, search: useDeferredValue(search.trim()) };
  const pages = useRunPages(filter);
  const { running, queued } = useQueue();
  const ended = useMemo(() => flatten(pages.data?.pages ?? []).filter(hasEnded), [pages.data]);
  const isFiltered = filter.search !== "" || state !== null;
  const rows = useMemo(
    () => queueRows({ running: isFiltered ? [] : running, queued: isFiltered ? [] : queued, ended }),
    [isFiltered, running, queued, ended],
  );
  return (
    <Panel title={words.title}>
      <div className="flex gap-2 px-3 pb-2">
        <SearchInput
          className="min-w-0 flex-1"
          value={search}
          onChange={setSearch}
          label={words.search}
          placeholder={text.common.search}
        />
        <div className="w-24 shrink-0">
          <Select
            label={words.filter}
            value={state ?? "all"}
            onChange={(value) => setState(FILTERS.find((known) => known === value) ?? null)}
            options={[
              { value: "all", label: words.all },
              ...FILTERS.map((value) => ({ value, label: text.canvas.states[value] })),
            ]}
          />
        </div>
      </div>
      {pages.isPending ? (
        <Waiting />
      ) : pages.isError && rows.length === 0 ? (
        <LoadFailed title={words.failed} error={pages.error} onRetry={() => void pages.refetch()} />
      ) : rows.length === 0 ? (
        <EmptyState
          icon={isFiltered ? SearchX : History}
          title={isFiltered ? words.noMatch : words.empty}
          text={isFiltered ? words.noMatchText : words.emptyText}
        />
      ) : (
        <Rows
          rows={rows}
          hasMore={pages.hasNextPage && !pages.isFetchingNextPage}
          onMore={() => void pages.fetchNextPage()}
        />
      )}
    </Panel>
  );
}

function Rows({ rows, hasMore, onMore }: { rows: readonly QueueRow[]; hasMore: boolean; onMore: () => void }) {
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: (index) => HEIGHTS[rows[index]?.kind ?? "ended"],
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 6,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= rows.length - 8) onMore();
  }, [hasMore, last, rows.length, onMore]);
  return (
    <div ref={frame} className="min-h-0 flex-1 overflow-auto">
      <ul className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          return (
            row && (
              <li
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Row row={row} />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}

function Row({ row }: { row: QueueRow }) {
  switch (row.kind) {
    case "heading":
      return <h3 className="flex h-8 items-end px-3 pb-1 text-xs font-semibold text-muted">{row.title}</h3>;
    case "running":
      return <RunningRow run={row.run} />;
    case "waiting":
      return <WaitingRow run={row.run} place={row.place} count={row.count} />;
    case "ended":
      return <HistoryRow run={row.run} />;
    default:
      return assertNever(row);
  }
}

function Waiting() {
  return (
    <div className="flex flex-col gap-3 px-3 pt-2" aria-label={text.common.loading}>
      {[0, 1, 2, 3].map((index) => (
        <Skeleton key={index} className="h-12" />
      ))}
    </div>
  );
}
