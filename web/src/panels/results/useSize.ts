/** The size of an element, as it changes. */
import { useCallback, useState, type RefCallback } from "react";
import type { Size } from "@/graph/types";

export function useSize<T extends Element>(): [ref: RefCallback<T>, size: Size] {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const ref = useCallback((element: T | null) => {
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}
