/** A part of a panel or dialog under a small heading; it may be folded. */
import { ChevronRight } from "lucide-react";
import { useId, useState, type ReactNode } from "react";
import { cx } from "@/ui/cx";

interface Props {
  title: string;
  children: ReactNode;
  /** Stands at the right of the heading. */
  aside?: ReactNode;
  /** Given: the heading folds the part away; says whether it is open at first. */
  open?: boolean;
}

export function Section({ title, children, aside, open }: Props) {
  const [isOpen, setOpen] = useState(open ?? true);
  const body = useId();
  const foldable = open !== undefined;
  return (
    <section className="border-b border-line px-3 py-3 last:border-b-0">
      <div className={cx("flex min-h-5 items-center gap-2", isOpen && "mb-2")}>
        <h3 className="min-w-0 flex-1 text-xs font-semibold text-strong">
          {foldable ? (
            <button
              type="button"
              className="-ml-1 flex w-full items-center gap-1 rounded text-left"
              aria-expanded={isOpen}
              aria-controls={body}
              onClick={() => setOpen(!isOpen)}
            >
              <ChevronRight
                size={14}
                aria-hidden
                className={cx("text-muted transition-transform", isOpen && "rotate-90")}
              />
              {title}
            </button>
          ) : (
            title
          )}
        </h3>
        {aside}
      </div>
      {isOpen && <div id={body}>{children}</div>}
    </section>
  );
}
