/** Keys that work wherever the focus is in the window, unless a menu or a field took them. */
import { useEffect, useEffectEvent } from "react";

export type Keys = Readonly<Partial<Record<string, () => void>>>;

export function useKeys(keys: Keys): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const act = keys[event.key];
    if (!act || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest("input, textarea, video, audio, [role=menu]")) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
