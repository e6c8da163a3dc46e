/** Sprites (small pictures) of points and marks. Each is drawn once on a canvas and then copied into the picture. */
import { readPixels, type Pixels } from "../../../marks/pixels";
import { memo } from "../../../state/memo";
import type { SampleChange } from "../../../state/choice";
import type { ClassColors, MapColors } from "./hues";

export type Context = CanvasRenderingContext2D;

const MARK_RADIUS = 4.6;
/** Side lengths of the points of a dense map, in pixels: a dot, and a square with a hole of one pixel. */
const DOT_SIZES = { disc: 2, hollow: 3 } as const;
const MARK_SPRITE_SIZE = 13;
/** Side length, in pixels, of the hole in the symbol of a class that is drawn as a hollow square. */
export const MARK_HOLE_SIZE = 2.6;

/** Sprites in device pixels. Each sprite is drawn when it is first needed. */
export interface Sprites {
  /** A single opaque pixel in the background colour. */
  readonly surface: Pixels;
  /** The smallest form of a point, which is used in dense maps. */
  dot(label: number): Pixels;
  point(label: number, radius: number): Pixels;
  /** A triangle or a cross for a marked point; at `scale` 1, it has its largest size. */
  mark(change: SampleChange, label: number, scale: number): Pixels;
}

/** Returns the sprites for a theme and for a number of device pixels per CSS pixel. */
export const cachedSprites = memo((colors: MapColors, pixelRatio: number): Sprites => {
  const cache = new Map<string, Pixels>();
  const cachedSprite = (key: string, size: number, paintSprite: (context: Context) => void): Pixels =>
    cache.get(key) ?? cache.set(key, drawSprite(Math.ceil(size * pixelRatio), pixelRatio, paintSprite)).get(key)!;
  return {
    surface: drawSprite(1, pixelRatio, (context) => fillSquare(context, colors.surface, 2)),
    dot: (label) =>
      cachedSprite(`dot ${label}`, dotSize(colors.of(label)), (context) => paintDot(context, colors.of(label))),
    point: (label, radius) =>
      cachedSprite(`point ${label} ${radius}`, 2 * radius + 2, (context) =>
        paintPoint(context, colors.of(label), radius, 0.5),
      ),
    mark: (change, label, scale) =>
      cachedSprite(`${change} ${label} ${scale}`, MARK_SPRITE_SIZE * scale, (context) => {
        context.scale(scale, scale);
        paintMark(context, change, colors.of(label), colors);
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

const dotSize = ({ hole }: ClassColors): number => (hole === null ? DOT_SIZES.disc : DOT_SIZES.hollow);

function fillSquare(context: Context, color: string, side: number): void {
  context.fillStyle = color;
  context.fillRect(-side / 2, -side / 2, side, side);
}

export function paintDot(context: Context, colors: ClassColors): void {
  const side = dotSize(colors);
  fillSquare(context, colors.fill, side);
  if (colors.hole !== null) fillSquare(context, colors.hole, side / 3);
}

/** Side lengths of a hollow square and of its hole, as multiples of the radius of a disc that looks equally large. */
export const HOLLOW_SQUARE_SIZES = { outer: 1.9, hole: 0.85 } as const;

export function paintPoint(context: Context, { fill, outline, hole }: ClassColors, radius: number, line: number): void {
  const side = HOLLOW_SQUARE_SIZES.outer * radius;
  context.beginPath();
  if (hole === null) context.arc(0, 0, radius, 0, 2 * Math.PI);
  else context.rect(-side / 2, -side / 2, side, side);
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = line;
  context.strokeStyle = outline;
  context.stroke();
  if (hole !== null) fillSquare(context, hole, HOLLOW_SQUARE_SIZES.hole * radius);
}

export function paintMark(
  context: Context,
  change: SampleChange,
  { fill, hole }: ClassColors,
  { surface, text }: MapColors,
): void {
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
  if (hole === null) return;
  context.translate(0, markCentreOffset(change));
  fillSquare(context, hole, MARK_HOLE_SIZE);
}

/** Returns how far the visual centre of a mark lies below its origin, in pixels (above it if negative). */
export const markCentreOffset = (change: SampleChange): number => ({ degraded: -0.6, improved: 0.6, wrong: 0 })[change];

function markPath(change: SampleChange): Path2D {
  if (change === "wrong") return new Path2D("M-2.8,-2.8L2.8,2.8M2.8,-2.8L-2.8,2.8");
  const up = change === "improved" ? -1 : 1;
  return new Path2D(`M${-MARK_RADIUS},${-up * MARK_RADIUS * 0.7}H${MARK_RADIUS}L0,${up * MARK_RADIUS}Z`);
}
