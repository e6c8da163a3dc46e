/** Signs of points, each drawn once by a canvas and then laid into the picture as often as it is wanted. */
import { readPixels, type Pixels } from "../../../marks/pixels";
import { memo } from "../../../state/memo";
import type { Change } from "../../../state/choice";
import type { Hue, Hues } from "./hues";

export type Context = CanvasRenderingContext2D;

const MARK = 4.6;
const DOT = 2;
const MARK_ROOM = 13;

/** Pictures of signs, in device pixels; each is drawn when it is first asked for. */
export interface Sprites {
  /** What lies behind all of them: one opaque pixel. */
  readonly surface: Pixels;
  /** For points too dense for a shape. */
  dot(label: number): Pixels;
  point(label: number, radius: number): Pixels;
  /** scale: 1 is as large as marks get. */
  mark(change: Change, label: number, scale: number): Pixels;
}

/** For one theme and as many device pixels to a pixel. */
export const spritesOf = memo((hues: Hues, ratio: number): Sprites => {
  const made = new Map<string, Pixels>();
  const draw = (key: string, room: number, paint: (to: Context) => void): Pixels =>
    made.get(key) ?? made.set(key, drawSprite(Math.ceil(room * ratio), ratio, paint)).get(key)!;
  const fill = (color: string) => (to: Context) => {
    to.fillStyle = color;
    to.fillRect(-DOT, -DOT, 2 * DOT, 2 * DOT);
  };
  return {
    surface: drawSprite(1, ratio, fill(hues.surface)),
    dot: (label) => draw(`dot ${label}`, Math.max(2, Math.round(DOT * ratio)) / ratio, fill(hues.of(label).fill)),
    point: (label, radius) =>
      draw(`point ${label} ${radius}`, 2 * radius + 2, (to) => paintPoint(to, hues.of(label), radius, 0.5)),
    mark: (change, label, scale) =>
      draw(`${change} ${label} ${scale}`, MARK_ROOM * scale, (to) => {
        to.scale(scale, scale);
        paintMark(to, change, hues.of(label), hues);
      }),
  };
});

function drawSprite(side: number, ratio: number, paint: (to: Context) => void): Pixels {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const to = canvas.getContext("2d", { willReadFrequently: true })!;
  to.setTransform(ratio, 0, 0, ratio, side / 2, side / 2);
  paint(to);
  return readPixels(to.getImageData(0, 0, side, side));
}

export function paintPoint(to: Context, { fill, outline, isSquare }: Hue, radius: number, line: number): void {
  to.beginPath();
  if (isSquare) to.rect(-radius * 0.9, -radius * 0.9, radius * 1.8, radius * 1.8);
  else to.arc(0, 0, radius, 0, 2 * Math.PI);
  to.fillStyle = fill;
  to.fill();
  to.lineWidth = line;
  to.strokeStyle = outline;
  to.stroke();
}

function paintMark(to: Context, change: Change, { fill }: Hue, { surface, text }: Hues): void {
  const isWrong = change === "wrong";
  const path = markPath(change);
  to.lineJoin = "round";
  to.lineWidth = 3;
  to.strokeStyle = isWrong ? text : surface;
  to.stroke(path);
  to.fillStyle = fill;
  if (!isWrong) to.fill(path);
  to.lineWidth = isWrong ? 1.6 : 1;
  to.strokeStyle = isWrong ? fill : text;
  to.stroke(path);
}

function markPath(change: Change): Path2D {
  if (change === "wrong") return new Path2D("M-2.8,-2.8L2.8,2.8M2.8,-2.8L-2.8,2.8");
  const up = change === "improved" ? -1 : 1;
  return new Path2D(`M${-MARK},${-up * MARK * 0.7}H${MARK}L0,${up * MARK}Z`);
}
