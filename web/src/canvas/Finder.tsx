/** A list to search with the keyboard, floating at a place of the screen. */
import { Command } from "cmdk";
import { Search } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { createPortal } from "react-dom";
import type { Point } from "@/graph/types";

const WIDTH = 360;
const HEIGHT = 380;

interface FinderProps {
  /** On the screen. */
  at: Point;
  label: string;
  placeholder: string;
  empty: string;
  query: string;
  onQuery: (query: string) => void;
  onClose: () => void;
  children: ReactNode;
}

export function Finder({ at, label, placeholder, empty, query, onQuery, onClose, children }: FinderProps) {
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // What was focused by a press of the mouse would now look as if it were chosen: only the keyboard's place is kept.
    const before = document.activeElement?.matches(":focus-visible") === true ? document.activeElement : null;
    input.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  useEffect(() => {
    list.current?.scrollTo({ top: 0 });
  }, [query]);
  const left = Math.max(8, Math.min(at.x, innerWidth - WIDTH - 8));
  const top = Math.max(8, Math.min(at.y, innerHeight - HEIGHT - 8));
  return createPortal(
    <div className="fixed inset-0 z-50" onPointerDown={(event) => event.target === event.currentTarget && onClose()}>
      <div
        role="dialog"
        aria-modal
        aria-label={label}
        className="finder"
        style={{ left, top, width: WIDTH, maxHeight: HEIGHT }}
      >
        <Command
          label={label}
          shouldFilter={false}
          loop
          onKeyDown={(event) => {
            if (event.key !== "Escape" && event.key !== "Tab") return;
            event.preventDefault();
            event.stopPropagation();
            onClose();
          }}
        >
          <div className="flex items-center gap-2 border-b border-line px-3">
            <Search size={14} className="shrink-0 text-muted" aria-hidden />
            <Command.Input
              ref={input}
              className="h-10 min-w-0 flex-1 bg-transparent text-sm text-strong outline-none"
              aria-label={label}
              placeholder={placeholder}
              value={query}
              onValueChange={onQuery}
            />
          </div>
          <Command.List ref={list} className="max-h-82 overflow-y-auto p-1">
            <Command.Empty className="px-3 py-6 text-center text-sm text-muted">{empty}</Command.Empty>
            {children}
          </Command.List>
        </Command>
      </div>
    </div>,
    document.body,
  );
}
