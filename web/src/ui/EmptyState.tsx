/** What an empty place says: what belongs here and how to get it. */
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

export interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  text?: string;
  action?: ReactNode;
}

export function EmptyState({ icon: Icon, title, text, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      <Icon size={24} strokeWidth={1.5} className="text-muted" aria-hidden />
      <p className="text-sm font-medium text-strong">{title}</p>
      {text !== undefined && <p className="max-w-72 text-xs text-muted">{text}</p>}
      {action !== undefined && <div className="mt-2">{action}</div>}
    </div>
  );
}
