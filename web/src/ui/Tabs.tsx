/** Views that share a place; the arrow keys go from tab to tab. `children` is the content of the chosen one. */
import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Badge } from "./Badge";

export interface TabsProps<Id extends string> {
  tabs: readonly { id: Id; label: string; count?: number }[];
  value: Id;
  onChange: (id: Id) => void;
  children: ReactNode;
  label?: string;
}

export function Tabs<Id extends string>({ tabs, value, onChange, children, label }: TabsProps<Id>) {
  const choose = (next: string) => {
    const tab = tabs.find(({ id }) => id === next);
    if (tab) onChange(tab.id);
  };
  return (
    <Radix.Root value={value} onValueChange={choose} className="flex min-h-0 flex-1 flex-col">
      <Radix.List aria-label={label} className="flex h-9 shrink-0 items-stretch gap-1 border-b border-line px-2">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.id}
            value={tab.id}
            className="relative flex items-center gap-1.5 px-2 text-sm text-muted transition-colors duration-120 hover:text-strong data-[state=active]:font-medium data-[state=active]:text-strong data-[state=active]:after:absolute data-[state=active]:after:inset-x-2 data-[state=active]:after:-bottom-px data-[state=active]:after:h-0.5 data-[state=active]:after:rounded-full data-[state=active]:after:bg-strong"
          >
            {tab.label}
            {tab.count !== undefined && tab.count > 0 && <Badge>{tab.count}</Badge>}
          </Radix.Trigger>
        ))}
      </Radix.List>
      <Radix.Content value={value} className="min-h-0 flex-1 overflow-auto focus-visible:outline-offset-[-2px]">
        {children}
      </Radix.Content>
    </Radix.Root>
  );
}
