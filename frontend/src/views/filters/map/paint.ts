/** Paints the points and the names of the classes as pixels, so that ten thousand stay fluid and PNG has all of it. */
import { memo } from "../../../state/memo";
import type { Change } from "../../../state/choice";
import { drawIfChanged } from "../../../marks/drawIfChanged";
import type { Box } from "../../../marks/elements";
import { blend, readPixels, type Pixels } from "../../../marks/pixels";
import type { Size } from "../../panel";
import type { Hues } from "./hues";
import { LABEL_HEIGHT, type ClassLabel } from "./labels";
import type { Placed } from "./layout";
import { paintPoint, signsOf, type Context } from "./signs";

export interface MapPicture extends Size {
  readonly placed: Placed;
  /** Class of each point; -1: not known yet. */
  readonly label: Int16Array;
  readonly mark: readonly (Change | null)[];
  /** 1 for the chosen points; null where none are chosen. */
  readonly picked: Uint8Array | null;
  readonly labels: readonly ClassLabel[];
  readonly hues: Hues;
}

/** Classes are painted in turns, so that none covers another wholly; few turns, so that the colour seldom changes. */
const MIX = 4;
const FADED = 0.16;
const BEHIND_MARKS = 0.55;
const PLAIN = 0.9;

export function paintMap(canvas: Box<HTMLCanvasElement>, picture: MapPicture): void {
  const ratio = Math.max(1, globalThis.devicePixelRatio || 1);
  const { placed, label, mark, picked, labels, hues, width, height } = picture;
  const painted = { placed, label, mark, picked, labels, hues, width, height, ratio };
  drawIfChanged(canvas, "map", painted, (fresh) => paintAll(canvas, fresh));
}

function paintAll(canvas: Box<HTMLCanvasElement>, picture: MapPicture & { readonly ratio: number }): void {
  const node = canvas.node()!;
  const { labels, hues, width, height, ratio } = picture;
  const context = node.getContext("2d", { willReadFrequently: true }); // stays in memory, where its pixels are made
  if (!context) return; // jsdom has none
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (node.width !== across || node.height !== down) [node.width, node.height] = [across, down];
  canvas.style("width", `${width}px`).style("height", `${height}px`);
  const image = imageOf(across, down);
  paintSigns(readPixels(image), picture, ratio);
  context.putImageData(image, 0, 0);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const one of labels) paintLabel(context, one, hues);
}

/** Used again for every frame of the same size. */
const imageOf = memo((across: number, down: number) => new ImageData(across, down));

/** In which order points are painted. */
const orderOf = memo((label: Int16Array) =>
  Int32Array.from(label.keys()).sort((a, b) => (a % MIX) - (b % MIX) || label[a]! - label[b]!),
);

/** Points in sight beyond which they are too small for a shape to be seen. */
const DENSE = 5000;
const OUT_OF_SIGHT = 6;

/** Smaller where many are in sight. */
const radiusOf = (points: number): number => (points > 1500 ? 1.7 : 2.3);

/** Pixels of the map for each mark, on average, below which marks shrink. */
const CROWDED = 130;
const SMALLEST = 0.65;

/** In a few steps, so that few signs are drawn. */
const scaleOf = (marks: number, { width, height }: Size): number =>
  Math.max(SMALLEST, Math.min(1, Math.round(Math.sqrt((width * height) / CROWDED / Math.max(1, marks)) * 8) / 8));

/** Faded points first, then plain ones, then marks. */
function paintSigns(pixels: Pixels, picture: MapPicture, ratio: number): void {
  const { placed, label, mark, picked, hues } = picture;
  const signs = signsOf(hues, ratio);
  pixels.words.fill(signs.surface.words[0]!);
  const seen = pointsInSight(picture);
  const isPicked = (i: number): boolean => !picked || picked[i] === 1;
  const each = (fits: (i: number) => boolean, makeSign: (label: number) => Pixels, alpha: number): void => {
    const made = new Map<number, Pixels>();
    const signOf = (one: number): Pixels => made.get(one) ?? made.set(one, makeSign(one)).get(one)!;
    for (const i of seen)
      if (fits(i)) stamp(pixels, signOf(label[i]!), placed.px[i]! * ratio, placed.py[i]! * ratio, alpha);
  };
  const radius = radiusOf(seen.length);
  const pointOf = (size: number) => (one: number) => (seen.length > DENSE ? signs.dot(one) : signs.point(one, size));
  if (picked) each((i) => !isPicked(i), pointOf(radius), FADED);
  const hasMarks = !picked && mark.some((one) => one !== null);
  each(
    (i) => isPicked(i) && mark[i] === null,
    pointOf(picked ? radius + 0.7 : radius),
    hasMarks ? BEHIND_MARKS : PLAIN,
  );
  const scale = scaleOf(
    seen.reduce((count, i) => count + (mark[i] ? 1 : 0), 0),
    picture,
  );
  for (const change of ["wrong", "improved", "degraded"] as const) {
    each(
      (i) => mark[i] === change && isPicked(i),
      (one) => signs.mark(change, one, scale),
      1,
    );
  }
}

function pointsInSight({ placed: { px, py }, label, width, height }: MapPicture): Int32Array {
  const isSeen = (at: number, size: number): boolean => at > -OUT_OF_SIGHT && at < size + OUT_OF_SIGHT;
  return orderOf(label).filter((i) => isSeen(px[i]!, width) && isSeen(py[i]!, height));
}

/** Its middle at a place, on whole device pixels, so that signs stay sharp. */
function stamp(pixels: Pixels, sign: Pixels, x: number, y: number, alpha: number): void {
  blend(pixels, sign, Math.round(x - sign.width / 2), Math.round(y - sign.height / 2), alpha);
}

function paintLabel(context: Context, { label, text, x, y }: ClassLabel, hues: Hues): void {
  const middle = y + LABEL_HEIGHT / 2;
  context.save();
  context.translate(x + 6, middle);
  paintPoint(context, { ...hues.of(label), outline: hues.surface }, 4.5, 2.5);
  paintPoint(context, hues.of(label), 4, 1);
  context.restore();
  context.font = `11px ${hues.font}`;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = hues.surface;
  context.strokeText(text, x + 13, middle + 0.5);
  context.fillStyle = hues.text;
  context.fillText(text, x + 13, middle + 0.5);
}
