/** Names and what they stand for, one pair a line. */
import type { ReactNode } from "react";

export type Fact = readonly [name: string, value: ReactNode];

/** Pairs without a value are left out. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="grid grid-cols-[minmax(72px,auto)_minmax(0,1fr)] gap-x-3 gap-y-1 text-sm">
      {facts.map(([name, value]) =>
        value === null || value === undefined || value === "" ? null : (
          <div key={name} className="col-span-2 grid grid-cols-subgrid items-baseline">
            <dt className="text-xs text-muted">{name}</dt>
            <dd className="min-w-0 break-words text-body">{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
