/** Draws marks on a canvas. Selected is where the canvas is opaque; the colour is only for the eye. */
import { assertNever } from "@/store/assert";
import type { Point } from "@/graph/types";
import { dabs, type Brush, type Mark } from "./sketch";

const TINT = { red: 255, green: 45, blue: 85 };
const COLOUR = `rgb(${TINT.red} ${TINT.green} ${TINT.blue})`;

/** Paints everything anew: the mask there was, then the marks. */
export function redraw(
  context: CanvasRenderingContext2D,
  base: CanvasImageSource | null,
  marks: readonly Mark[],
): void {
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  if (base !== null) drawBase(context, base);
  for (const mark of marks) drawMark(context, mark);
}

function drawMark(context: CanvasRenderingContext2D, mark: Mark): void {
  const { width, height } = context.canvas;
  switch (mark.kind) {
    case "clear":
      context.clearRect(0, 0, width, height);
      return;
    case "invert":
      fill(context, "source-out", COLOUR);
      return;
    case "stroke":
      mark.points.forEach((point, index) => drawSegment(context, mark.brush, mark.points[index - 1] ?? point, point));
      return;
    default:
      assertNever(mark);
  }
}

export function drawSegment(context: CanvasRenderingContext2D, brush: Brush, from: Point, to: Point): void {
  const tip = brushTip(brush);
  context.save();
  context.globalCompositeOperation = brush.erase ? "destination-out" : "source-over";
  for (const { x, y } of dabs(from, to, brush)) context.drawImage(tip, x - tip.width / 2, y - tip.height / 2);
  context.restore();
}

/** The mask as a PNG: white where selected, black elsewhere. */
export function maskPng(mask: HTMLCanvasElement): Promise<Blob> {
  const context = plainCanvas(mask.width, mask.height);
  context.drawImage(mask, 0, 0);
  fill(context, "source-in", "white");
  fill(context, "destination-over", "black");
  return new Promise((resolve, reject) => {
    context.canvas.toBlob((blob) =>
      blob ? resolve(blob) : reject(new Error("The mask is too large for this browser.")),
    );
  });
}

/** Bright pixels of a kept mask become opaque ones. */
function drawBase(context: CanvasRenderingContext2D, base: CanvasImageSource): void {
  const { width, height } = context.canvas;
  context.drawImage(base, 0, 0, width, height);
  const image = context.getImageData(0, 0, width, height);
  const { data } = image;
  for (let at = 0; at < data.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(at, at + 4);
    const light = 0.299 * red + 0.587 * green + 0.114 * blue; // ITU-R BT.601, as the server reads masks
    data.set([TINT.red, TINT.green, TINT.blue, (light * alpha) / 255], at);
  }
  context.putImageData(image, 0, 0);
}

function fill(context: CanvasRenderingContext2D, operation: GlobalCompositeOperation, colour: string): void {
  context.save();
  context.globalCompositeOperation = operation;
  context.fillStyle = colour;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.restore();
}

let lastTip: { brush: Brush; tip: HTMLCanvasElement } | null = null;

function brushTip(brush: Brush): HTMLCanvasElement {
  if (lastTip?.brush === brush) return lastTip.tip;
  const radius = brush.size / 2;
  const side = Math.ceil(brush.size) + 2;
  const context = plainCanvas(side, side);
  const middle = side / 2;
  // Equal radii would draw nothing; a hair of softness also smooths the edge.
  const gradient = context.createRadialGradient(
    middle,
    middle,
    radius * Math.min(0.96, brush.hardness),
    middle,
    middle,
    radius,
  );
  gradient.addColorStop(0, COLOUR);
  gradient.addColorStop(1, `rgb(${TINT.red} ${TINT.green} ${TINT.blue} / 0)`);
  context.fillStyle = gradient;
  context.fillRect(0, 0, side, side);
  lastTip = { brush, tip: context.canvas };
  return context.canvas;
}

function plainCanvas(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("This browser cannot draw.");
  return context;
}
