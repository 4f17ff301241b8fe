/** While a dialog is open, everything beside it on the page can neither be focused nor pressed. */
import { useEffect, type RefObject } from "react";

/** Marks what stays usable while a dialog is open, such as notifications. */
export const ABOVE_DIALOGS = "data-above-dialogs";

export function useInertBackground(dialog: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const own = dialog.current;
    const silenced = [...document.body.children].filter(
      (element): element is HTMLElement =>
        element instanceof HTMLElement &&
        !element.contains(own) &&
        !element.inert &&
        !element.hasAttribute(ABOVE_DIALOGS),
    );
    for (const element of silenced) element.inert = true;
    return () => {
      for (const element of silenced) element.inert = false;
    };
  }, [dialog]);
}
