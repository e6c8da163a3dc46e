/** Sprites of points and marks. Each is drawn once on a canvas and then copied into the picture. */
import { readPixels, type Pixels } from "../../../marks/pixels";
import { memo } from "../../../state/memo";
import type { Change } from "../../../state/choice";
import type { Hue, Hues } from "./hues";

export type Context = CanvasRenderingContext2D;

const MARK_RADIUS = 4.6;
const DOT_RADIUS = 2;
const MARK_SPRITE_SIZE = 13;

/** Sprites in device pixels. Each sprite is drawn when it is first needed. */
export interface Sprites {
  /** One opaque pixel in the background colour. */
  readonly surface: Pixels;
  /** A square for a point, used if a map is too dense to show shapes. */
  dot(label: number): Pixels;
  point(label: number, radius: number): Pixels;
  /** A triangle or cross for a marked point; `scale` 1 is the largest size. */
  mark(change: Change, label: number, scale: number): Pixels;
}

/** Returns the sprites for a theme and a number of device pixels per CSS pixel. */
export const spritesOf = memo((hues: Hues, pixelRatio: number): Sprites => {
  const cache = new Map<string, Pixels>();
  const draw = (key: string, size: number, paint: (context: Context) => void): Pixels =>
    cache.get(key) ?? cache.set(key, drawSprite(Math.ceil(size * pixelRatio), pixelRatio, paint)).get(key)!;
  const fill = (color: string) => (context: Context) => {
    context.fillStyle = color;
    context.fillRect(-DOT_RADIUS, -DOT_RADIUS, 2 * DOT_RADIUS, 2 * DOT_RADIUS);
  };
  return {
    surface: drawSprite(1, pixelRatio, fill(hues.surface)),
    dot: (label) =>
      draw(`dot ${label}`, Math.max(2, Math.round(DOT_RADIUS * pixelRatio)) / pixelRatio, fill(hues.of(label).fill)),
    point: (label, radius) =>
      draw(`point ${label} ${radius}`, 2 * radius + 2, (context) => paintPoint(context, hues.of(label), radius, 0.5)),
    mark: (change, label, scale) =>
      draw(`${change} ${label} ${scale}`, MARK_SPRITE_SIZE * scale, (context) => {
        context.scale(scale, scale);
        paintMark(context, change, hues.of(label), hues);
      }),
  };
});

function drawSprite(side: number, pixelRatio: number, paint: (context: Context) => void): Pixels {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.setTransform(pixelRatio, 0, 0, pixelRatio, side / 2, side / 2);
  paint(context);
  return readPixels(context.getImageData(0, 0, side, side));
}

export function paintPoint(context: Context, { fill, outline, isSquare }: Hue, radius: number, line: number): void {
  context.beginPath();
  if (isSquare) context.rect(-radius * 0.9, -radius * 0.9, radius * 1.8, radius * 1.8);
  else context.arc(0, 0, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = line;
  context.strokeStyle = outline;
  context.stroke();
}

function paintMark(context: Context, change: Change, { fill }: Hue, { surface, text }: Hues): void {
  const isWrong = change === "wrong";
  const path = markPath(change);
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = isWrong ? text : surface;
  context.stroke(path);
  context.fillStyle = fill;
  if (!isWrong) context.fill(path);
  context.lineWidth = isWrong ? 1.6 : 1;
  context.strokeStyle = isWrong ? fill : text;
  context.stroke(path);
}

function markPath(change: Change): Path2D {
  if (change === "wrong") return new Path2D("M-2.8,-2.8L2.8,2.8M2.8,-2.8L-2.8,2.8");
  const up = change === "improved" ? -1 : 1;
  return new Path2D(`M${-MARK_RADIUS},${-up * MARK_RADIUS * 0.7}H${MARK_RADIUS}L0,${up * MARK_RADIUS}Z`);
}
