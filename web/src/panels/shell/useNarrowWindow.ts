/** Folds the inspector when the window becomes so narrow that it would lie over the canvas. */
import { useEffect } from "react";
import { useSettings } from "@/store/settings";
import { useUi } from "@/store/ui";

const NARROW = "(max-width: 1099.98px)";

/** The choice that is remembered stays as it is, and holds again once the window is wide. */
export function useNarrowWindow(): void {
  useEffect(() => {
    const narrow = matchMedia(NARROW);
    const fold = () => useUi.setState({ inspector: !narrow.matches && useSettings.getState().inspector });
    fold();
    narrow.addEventListener("change", fold);
    return () => narrow.removeEventListener("change", fold);
  }, []);
}
