/** Paints the points and the names of the classes on a canvas, so that ten thousand stay fluid and PNG has all of it. */
import type { Change } from "../../state/choice";
import { isFresh } from "../model/fresh";
import type { Box } from "../../marks/part";
import type { Size } from "../panel";
import type { Hues } from "./hues";
import { LABEL_HEIGHT, type ClassLabel } from "./mapLabels";
import type { Placed } from "./mapLayout";
import { makeSprites, paintPoint, type Context, type Stamp } from "./sprites";

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
  const node = canvas.node()!;
  const ratio = Math.max(1, globalThis.devicePixelRatio || 1);
  const { placed, label, mark, picked, labels, hues, width, height } = picture;
  if (!isFresh(canvas, "map", [placed, label, mark, picked, labels, hues, width, height, ratio])) return;
  const context = node.getContext("2d");
  if (!context) return; // jsdom has none
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (node.width !== across || node.height !== down) [node.width, node.height] = [across, down];
  canvas.style("width", `${width}px`).style("height", `${height}px`);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.globalAlpha = 1;
  context.fillStyle = hues.surface;
  context.fillRect(0, 0, width, height);
  paintSigns(context, picture, ratio);
  for (const one of labels) paintLabel(context, one, hues);
}

/** Points in sight beyond which they are too small for a shape to be seen. */
const DENSE = 5000;

/** Smaller where many are in sight. */
const radiusOf = (points: number): number => (points > 1500 ? 1.7 : 2.3);

/** Faded points first, then plain ones, then marks. */
function paintSigns(context: Context, picture: MapPicture, ratio: number): void {
  const { placed, label, mark, picked, hues, width, height } = picture;
  const sprites = makeSprites(context, hues, ratio);
  const made = new Map<string, Stamp>();
  const stamp = (key: string, make: () => Stamp): Stamp => made.get(key) ?? made.set(key, make()).get(key)!;
  const isPicked = (i: number): boolean => !picked || picked[i] === 1;
  const isSeen = (i: number): boolean => placed.px[i]! > -6 && placed.py[i]! > -6 && placed.px[i]! < width + 6 && placed.py[i]! < height + 6;
  const seen = Array.from(label.keys()).filter(isSeen).sort((a, b) => (a % MIX) - (b % MIX) || label[a]! - label[b]!);
  const radius = radiusOf(seen.length);
  const each = (fits: (i: number) => boolean, signOf: (i: number) => Stamp): void => {
    for (const i of seen) if (fits(i)) signOf(i)(placed.px[i]!, placed.py[i]!);
  };
  const isDense = seen.length > DENSE;
  const makePoint = isDense ? sprites.dot : sprites.point;
  const pointOf = (size: number) => (i: number) => stamp(`${label[i]}:${size}`, () => makePoint(label[i]!, size));
  if (picked) {
    context.globalAlpha = FADED;
    each((i) => !isPicked(i), pointOf(radius));
  }
  context.globalAlpha = !picked && mark.some((one) => one !== null) ? BEHIND_MARKS : PLAIN;
  each((i) => isPicked(i) && mark[i] === null, pointOf(picked ? radius + 0.7 : radius));
  context.globalAlpha = 1;
  for (const change of ["wrong", "improved", "degraded"] as const) {
    each((i) => mark[i] === change && isPicked(i), (i) => stamp(`${change}:${label[i]}`, () => sprites.mark(change, label[i]!)));
  }
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
