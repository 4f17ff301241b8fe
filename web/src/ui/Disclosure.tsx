/** Something that folds out below its title. */
import { ChevronRight } from "lucide-react";
import { useId, useState, type ReactNode } from "react";
import { cx } from "./cx";

export interface DisclosureProps {
  title: string;
  children: ReactNode;
  startsOpen?: boolean;
  className?: string;
}

export function Disclosure({ title, children, startsOpen = false, className }: DisclosureProps) {
  const [open, setOpen] = useState(startsOpen);
  const id = useId();
  return (
    <div className={className}>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        className="flex h-6 items-center gap-1 rounded text-xs text-muted hover:text-strong"
      >
        <ChevronRight size={12} className={cx("transition-transform duration-120", open && "rotate-90")} aria-hidden />
        {title}
      </button>
      <div id={id} hidden={!open}>
        {open && children}
      </div>
    </div>
  );
}
