/** A modal dialog: keeps the focus inside, closes on Escape and a press beside it, then gives the focus back. */
import { X } from "lucide-react";
import { DismissableLayer, FocusScope } from "radix-ui/internal";
import { useId, useRef, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { text } from "@/strings";
import { cx } from "./cx";
import { IconButton } from "./IconButton";
import { useInertBackground } from "./useInertBackground";

type DialogSize = "sm" | "md" | "lg" | "xl" | "full";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  children: ReactNode;
  footer?: ReactNode;
  size?: DialogSize;
  /** No visible header and no padding; the title is read aloud all the same. */
  bare?: boolean;
  /** No padding around the content. */
  flush?: boolean;
}

export function Dialog(props: DialogProps) {
  return props.open ? createPortal(<OpenDialog {...props} />, document.body) : null;
}

const SIZES: Record<DialogSize, string> = {
  sm: "max-h-[85vh] w-[min(400px,92vw)]",
  md: "max-h-[85vh] w-[min(560px,92vw)]",
  lg: "max-h-[88vh] w-[min(860px,94vw)]",
  xl: "h-[min(800px,90vh)] w-[min(1180px,95vw)]",
  full: "h-[calc(100vh-32px)] w-[calc(100vw-32px)]",
};

function OpenDialog({
  onOpenChange,
  title,
  description,
  children,
  footer,
  size = "md",
  bare = false,
  flush = bare,
}: DialogProps) {
  const overlay = useRef<HTMLDivElement>(null);
  const id = useId();
  useInertBackground(overlay);
  const close = () => onOpenChange(false);
  return (
    // Radix' own modal dialog locks scrolling with a <style> element, which the page's content policy forbids.
    <div
      ref={overlay}
      className="fixed inset-0 z-40 flex items-center justify-center bg-black/45"
      onPointerDown={(event) => event.target === event.currentTarget && close()}
    >
      <FocusScope.Root asChild trapped loop onMountAutoFocus={focusItself}>
        <DismissableLayer.Root asChild onEscapeKeyDown={close}>
          <div
            role="dialog"
            aria-modal
            aria-labelledby={`${id}title`}
            {...(description !== undefined && { "aria-describedby": `${id}description` })}
            tabIndex={-1}
            className={cx(
              "flex flex-col overflow-hidden rounded-panel border border-line bg-surface outline-none",
              "shadow-[var(--shadow-float)]",
              SIZES[size],
            )}
          >
            <Header id={id} title={title} description={description} bare={bare} onClose={close} />
            <div className={cx("min-h-0 flex-1 overflow-auto", !flush && "px-4 pb-4")}>{children}</div>
            {footer !== undefined && (
              <div className="flex items-center justify-end gap-2 border-t border-line px-4 py-3">{footer}</div>
            )}
          </div>
        </DismissableLayer.Root>
      </FocusScope.Root>
    </div>
  );
}

/** Not the first button: its tooltip would open, and Escape would close that first. A field may ask with `autoFocus`. */
function focusItself(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

interface HeaderProps {
  id: string;
  title: string;
  description: string | undefined;
  bare: boolean;
  onClose: () => void;
}

function Header({ id, title, description, bare, onClose }: HeaderProps) {
  return (
    <header className={bare ? "sr-only" : "flex items-start gap-3 px-4 pt-3 pb-3"}>
      <div className="min-w-0 flex-1 pt-1">
        <h2 id={`${id}title`} className="text-base font-semibold text-strong">
          {title}
        </h2>
        {description !== undefined && (
          <p id={`${id}description`} className="mt-1 text-sm text-muted">
            {description}
          </p>
        )}
      </div>
      {!bare && <IconButton label={text.common.close} icon={X} onClick={onClose} />}
    </header>
  );
}
