/** Zoom and pan of the lightbox, by pointer, wheel, fingers and keys. */
import { useCallback, useState } from "react";
import type { Point, Size } from "@/graph/types";
import { fit, panBy, zoomAt, type View } from "./view";

export interface Look {
  readonly view: View;
  readonly zoom: (factor: number, at?: Point) => void;
  readonly pan: (by: Point) => void;
  readonly fit: () => void;
  readonly actual: (at?: Point) => void;
  /** Fit if it is not fitted, else actual size around the point. */
  readonly toggle: (at?: Point) => void;
}

const CENTRE: Point = { x: 0, y: 0 };

/** A picture is fitted until a person zooms or pans; then its view is theirs until another picture comes. */
export function useView(id: string, picture: Size, frame: Size): Look {
  const [chosen, setChosen] = useState<{ id: string; view: View } | null>(null);
  const fitted = fit(picture, frame);
  const view = chosen?.id === id ? chosen.view : fitted;

  const change = useCallback(
    (next: (view: View) => View) =>
      setChosen((current) => ({ id, view: next(current?.id === id ? current.view : fit(picture, frame)) })),
    [id, picture, frame],
  );
  const zoom = useCallback(
    (factor: number, at = CENTRE) => change((current) => zoomAt(current, factor, at, picture, frame)),
    [change, picture, frame],
  );
  const pan = useCallback(
    (by: Point) => change((current) => panBy(current, by, picture, frame)),
    [change, picture, frame],
  );
  const actual = useCallback(
    (at = CENTRE) => change((current) => zoomAt(current, 1 / current.scale, at, picture, frame)),
    [change, picture, frame],
  );
  const toFit = useCallback(() => setChosen(null), []);
  const isFitted = chosen?.id !== id;
  const toggle = useCallback((at?: Point) => (isFitted ? actual(at) : toFit()), [isFitted, actual, toFit]);
  return { view, zoom, pan, fit: toFit, actual, toggle };
}
