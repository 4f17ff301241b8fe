/** The dots behind the graph. */
import { useCallback, useRef } from "react";
import { GRID } from "./actions";
import { useView, type View } from "./useView";

export function Grid() {
  const dots = useRef<HTMLDivElement>(null);
  const follow = useCallback(({ x, y, zoom }: View) => {
    const gap = GRID * zoom;
    if (dots.current === null) return;
    // A dot lies in the middle of its tile.
    const from = (corner: number) => -gap * (0.5 + corner / GRID - Math.floor(corner / GRID));
    const { style } = dots.current;
    style.setProperty("--gap", `${gap}px`);
    // They fade the closer they stand.
    style.setProperty("--strength", `${24 * Math.min(1, zoom ** 2)}%`);
    style.transform = `translate(${from(x)}px, ${from(y)}px)`;
  }, []);
  useView(follow);
  return <div ref={dots} className="grid-dots" aria-hidden />;
}
