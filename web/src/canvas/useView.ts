/** Moves drawings along with the view by hand: React would draw them anew at each frame of a pan. */
import { useStoreApi } from "@xyflow/react";
import { useLayoutEffect } from "react";

/** The part of the graph that is seen: its left top corner and size in the graph's units, and px per unit. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly zoom: number;
}

/** Calls `follow` with the view now and whenever it moved. */
export function useView(follow: (view: View) => void): void {
  const store = useStoreApi();
  useLayoutEffect(() => {
    let before: readonly unknown[] = [];
    const look = () => {
      const { transform, width, height } = store.getState();
      const now = [transform, width, height];
      if (now.every((part, index) => part === before[index])) return;
      before = now;
      const [x, y, zoom] = transform;
      follow({ x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom, zoom });
    };
    look();
    return store.subscribe(look);
  }, [store, follow]);
}
