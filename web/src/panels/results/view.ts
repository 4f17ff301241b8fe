/** The arithmetic of looking closely: where a picture lies in the lightbox, and where two are divided. */
import type { Point, Size } from "@/graph/types";

/** A picture drawn `scale` times its size, its centre `x`, `y` px from the centre of the frame. */
export interface View extends Point {
  readonly scale: number;
}

const MAX_SCALE = 32;
const MARGIN = 24;

/** The largest scale at which the whole picture is seen; small pictures are not blown up beyond `most`. */
export function fitScale(picture: Size, frame: Size, most = 8): number {
  const room = { width: Math.max(1, frame.width - 2 * MARGIN), height: Math.max(1, frame.height - 2 * MARGIN) };
  const scale = Math.min(room.width / picture.width, room.height / picture.height, most);
  // Whole multiples keep the pixels of small pictures square.
  return scale >= 2 ? Math.floor(scale) : scale;
}

export function fit(picture: Size, frame: Size): View {
  return { scale: fitScale(picture, frame), x: 0, y: 0 };
}

/** Zoom by `factor` so that what lies under `at` (from the frame's centre) stays there. */
export function zoomAt(view: View, factor: number, at: Point, picture: Size, frame: Size): View {
  const least = Math.min(1, fitScale(picture, frame)) / 2;
  const scale = Math.min(MAX_SCALE, Math.max(least, view.scale * factor));
  const grown = scale / view.scale;
  return keep({ scale, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown }, picture, frame);
}

/** Pan by a distance in px. */
export function panBy(view: View, by: Point, picture: Size, frame: Size): View {
  return keep({ ...view, x: view.x + by.x, y: view.y + by.y }, picture, frame);
}

/** The picture may leave the frame only as far as its edge reaches the frame's centre. */
function keep(view: View, picture: Size, frame: Size): View {
  const reach = (side: "width" | "height") => {
    const drawn = picture[side] * view.scale;
    return drawn <= frame[side] ? 0 : drawn / 2;
  };
  return { ...view, x: clamp(view.x, reach("width")), y: clamp(view.y, reach("height")) };
}

/** Where a divider at `part` of the picture's width lies: the part of the other picture that is cut off, in percent. */
export function cut(part: number): string {
  return `inset(0 0 0 ${(clampPart(part) * 100).toFixed(2)}%)`;
}

/** The part of the picture's width under a point of the frame, `x` px from its centre. */
export function partAt(x: number, view: View, picture: Size): number {
  return clampPart((x - view.x) / (picture.width * view.scale) + 0.5);
}

/** Where the divider lies in the frame, in px from its centre. */
export function dividerAt(part: number, view: View, picture: Size): number {
  return view.x + (part - 0.5) * picture.width * view.scale;
}

export function clampPart(part: number): number {
  return Math.min(1, Math.max(0, part));
}

function clamp(value: number, reach: number): number {
  return reach === 0 ? 0 : Math.min(reach, Math.max(-reach, value));
}
