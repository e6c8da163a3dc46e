/**
 * Paints points and class names as pixels, so that ten thousand points move smoothly and a saved PNG contains the
 * names.
 */
import { memo } from "../../../state/memo";
import type { SampleChange } from "../../../state/choice";
import { drawIfChanged } from "../../../marks/drawIfChanged";
import type { Box } from "../../../marks/elements";
import { blendSprite, readPixels, type Pixels } from "../../../marks/pixels";
import type { Size } from "../../panel";
import type { MapColors } from "./hues";
import { LABEL_HEIGHT, type ClassLabel } from "./labels";
import type { PlacedPoints } from "./layout";
import { paintPoint, cachedSprites, type Context } from "./sprites";

export interface MapPicture extends Size {
  readonly placedPoints: PlacedPoints;
  /** Class of each point; -1 if the class is not known yet. */
  readonly label: Int16Array;
  readonly mark: readonly (SampleChange | null)[];
  /** For each point, 1 if it is chosen, else 0; null if no points are chosen. */
  readonly pickedFlags: Uint8Array | null;
  readonly labels: readonly ClassLabel[];
  readonly colors: MapColors;
}

/**
 * Number of passes in which the points are painted. Each pass paints some points of every class, so that no class hides
 * another completely. More passes would be slower, because the colour changes more often.
 */
const PAINT_PASS_COUNT = 4;
const FADED_POINT_ALPHA = 0.16;
const UNMARKED_POINT_ALPHA = 0.55;
const DEFAULT_POINT_ALPHA = 0.9;

export function paintMap(canvas: Box<HTMLCanvasElement>, picture: MapPicture): void {
  const ratio = Math.max(1, globalThis.devicePixelRatio || 1);
  const { placedPoints, label, mark, pickedFlags, labels, colors, width, height } = picture;
  const paintInputs = { placedPoints, label, mark, pickedFlags, labels, colors, width, height, ratio };
  drawIfChanged(canvas, "map", paintInputs, (changedData) => paintPointsAndLabels(canvas, changedData));
}

function paintPointsAndLabels(canvas: Box<HTMLCanvasElement>, picture: MapPicture & { readonly ratio: number }): void {
  const node = canvas.node()!;
  const { labels, colors, width, height, ratio } = picture;
  const context = node.getContext("2d", { willReadFrequently: true }); // kept in main memory, where its pixels are computed
  if (!context) return; // jsdom has no canvas
  const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (node.width !== deviceWidth || node.height !== deviceHeight)
    [node.width, node.height] = [deviceWidth, deviceHeight];
  canvas.style("width", `${width}px`).style("height", `${height}px`);
  const image = cachedImageData(deviceWidth, deviceHeight);
  paintPoints(readPixels(image), picture, ratio);
  context.putImageData(image, 0, 0);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const label of labels) paintLabel(context, label, colors);
}

/** Returns the image into which a frame is painted; all frames of the same size reuse it. */
const cachedImageData = memo((deviceWidth: number, deviceHeight: number) => new ImageData(deviceWidth, deviceHeight));

/** Returns the indices of the points in the order in which they are painted. */
const cachedPaintOrder = memo((label: Int16Array) =>
  Int32Array.from(label.keys()).sort(
    (a, b) => (a % PAINT_PASS_COUNT) - (b % PAINT_PASS_COUNT) || label[a]! - label[b]!,
  ),
);

/** If more points than this are visible, they are drawn in their smallest form. */
const MAX_POINTS_AT_FULL_SIZE = 5000;
const OUTER_MARGIN = 6;

/** Returns the radius of the points, in pixels; the radius is smaller if many points are visible. */
const pointRadius = (points: number): number => (points > 1500 ? 1.7 : 2.3);

/** If there is less area than this per mark, in square pixels, marks are drawn smaller. */
const MIN_AREA_PER_MARK = 130;
const MIN_MARK_SCALE = 0.65;

/**
 * Returns the factor by which marks shrink if many are visible. It is rounded to eighths, so that only a few sprites
 * have to be drawn.
 */
const markScale = (markCount: number, { width, height }: Size): number =>
  Math.max(
    MIN_MARK_SCALE,
    Math.min(1, Math.round(Math.sqrt((width * height) / MIN_AREA_PER_MARK / Math.max(1, markCount)) * 8) / 8),
  );

/**
 * Paints the points of the map in this order: points whose samples are not chosen, faded; the other unmarked points;
 * the marked points, on top.
 */
function paintPoints(pixels: Pixels, picture: MapPicture, ratio: number): void {
  const { placedPoints, label, mark, pickedFlags, colors } = picture;
  const sprites = cachedSprites(colors, ratio);
  pixels.words.fill(sprites.surface.words[0]!);
  const visibleIndices = visiblePoints(picture);
  const isPicked = (i: number): boolean => !pickedFlags || pickedFlags[i] === 1;
  const paintSprites = (
    isPointIncluded: (i: number) => boolean,
    makeSprite: (label: number) => Pixels,
    alpha: number,
  ): void => {
    const cache = new Map<number, Pixels>();
    const spriteOfLabel = (index: number): Pixels =>
      cache.get(index) ?? cache.set(index, makeSprite(index)).get(index)!;
    for (const i of visibleIndices)
      if (isPointIncluded(i))
        blendCentredSprite(
          pixels,
          spriteOfLabel(label[i]!),
          placedPoints.px[i]! * ratio,
          placedPoints.py[i]! * ratio,
          alpha,
        );
  };
  const radius = pointRadius(visibleIndices.length);
  const pointSpriteOfSize = (size: number) => (index: number) =>
    visibleIndices.length > MAX_POINTS_AT_FULL_SIZE ? sprites.dot(index) : sprites.point(index, size);
  if (pickedFlags) paintSprites((i) => !isPicked(i), pointSpriteOfSize(radius), FADED_POINT_ALPHA);
  const hasMarks = !pickedFlags && mark.some((change) => change !== null);
  paintSprites(
    (i) => isPicked(i) && mark[i] === null,
    pointSpriteOfSize(pickedFlags ? radius + 0.7 : radius),
    hasMarks ? UNMARKED_POINT_ALPHA : DEFAULT_POINT_ALPHA,
  );
  const scale = markScale(
    visibleIndices.reduce((count, i) => count + (mark[i] ? 1 : 0), 0),
    picture,
  );
  for (const change of ["wrong", "improved", "degraded"] as const) {
    paintSprites(
      (i) => mark[i] === change && isPicked(i),
      (index) => sprites.mark(change, index, scale),
      1,
    );
  }
}

function visiblePoints({ placedPoints: { px, py }, label, width, height }: MapPicture): Int32Array {
  const isVisible = (at: number, size: number): boolean => at > -OUTER_MARGIN && at < size + OUTER_MARGIN;
  return cachedPaintOrder(label).filter((i) => isVisible(px[i]!, width) && isVisible(py[i]!, height));
}

/** Draws a sprite centred at a position, rounded to whole device pixels so that the sprite stays sharp. */
function blendCentredSprite(pixels: Pixels, sprite: Pixels, x: number, y: number, alpha: number): void {
  blendSprite(pixels, sprite, Math.round(x - sprite.width / 2), Math.round(y - sprite.height / 2), alpha);
}

function paintLabel(context: Context, { label, text, x, y }: ClassLabel, colors: MapColors): void {
  const middle = y + LABEL_HEIGHT / 2;
  context.save();
  context.translate(x + 6, middle);
  paintPoint(context, { ...colors.of(label), outline: colors.surface }, 4.5, 2.5);
  paintPoint(context, colors.of(label), 4, 1);
  context.restore();
  context.font = `11px ${colors.font}`;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = colors.surface;
  context.strokeText(text, x + 13, middle + 0.5);
  context.fillStyle = colors.text;
  context.fillText(text, x + 13, middle + 0.5);
}
