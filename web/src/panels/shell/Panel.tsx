/** A panel at the left: its title with buttons, and below it what scrolls. */
import type { ReactNode } from "react";

export interface PanelProps {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}

export function Panel({ title, actions, children }: PanelProps) {
  return (
    <section aria-label={title} className="flex h-full min-h-0 flex-col">
      <header className="flex h-10 shrink-0 items-center justify-between gap-2 pr-2 pl-3">
        <h2 className="truncate text-sm font-semibold text-strong">{title}</h2>
        {actions !== undefined && <div className="flex items-center gap-1">{actions}</div>}
      </header>
      <div className="flex min-h-0 flex-1 flex-col">{children}</div>
    </section>
  );
}
