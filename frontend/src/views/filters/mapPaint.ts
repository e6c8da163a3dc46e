/** Paints the points and the names of the classes on a canvas, so that ten thousand stay fluid and PNG has all of it. */
import type { Change } from "../../state/state";
import { isFresh } from "../model/fresh";
import type { Box } from "../../marks/part";
import type { Size } from "../panel";
import type { Hues } from "./hues";
import { LABEL_HEIGHT, type ClassLabel } from "./mapLabels";
import type { Placed } from "./mapLayout";

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

type Context = CanvasRenderingContext2D;

const MARK = 4.6;

export function paintMap(canvas: Box<HTMLCanvasElement>, picture: MapPicture): void {
  const node = canvas.node()!;
  const ratio = Math.max(1, globalThis.devicePixelRatio || 1);
  const { placed, label, mark, picked, labels, hues, width, height } = picture;
  if (!isFresh(canvas, "map", [placed, label, mark, picked, labels, hues, width, height, ratio])) return;
  const context = node.getContext("2d");
  if (!context) return; // jsdom has none
  node.width = Math.round(width * ratio);
  node.height = Math.round(height * ratio);
  canvas.style("width", `${width}px`).style("height", `${height}px`);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = hues.surface;
  context.fillRect(0, 0, width, height);
  paintPoints(context, picture);
  paintMarks(context, picture);
  for (const one of labels) paintLabel(context, one, hues);
}

/** Smaller where there are many. */
const radiusOf = (points: number): number => (points > 6000 ? 1.3 : points > 1500 ? 1.7 : 2.3);

function paintPoints(context: Context, { placed, label, mark, picked, hues, width, height }: MapPicture): void {
  const radius = radiusOf(label.length);
  const isMarked = mark.some((one) => one !== null);
  const groups = new Map<number, Path2D>();
  label.forEach((one, i) => {
    const [x, y] = [placed.px[i]!, placed.py[i]!];
    if (x < -5 || y < -5 || x > width + 5 || y > height + 5) return;
    const isPicked = !picked || picked[i] === 1;
    if (mark[i] && isPicked) return; // painted on top
    const key = (one + 1) * 2 + (isPicked ? 1 : 0);
    const path = groups.get(key) ?? groups.set(key, new Path2D()).get(key)!;
    addGlyph(path, hues.of(one).isSquare, [x, y], picked && isPicked ? radius + 0.7 : radius);
  });
  for (const [key, path] of [...groups].sort(([a], [b]) => (a % 2) - (b % 2))) {
    const hue = hues.of(Math.floor(key / 2) - 1);
    context.globalAlpha = key % 2 === 0 ? 0.16 : isMarked && !picked ? 0.55 : 0.9;
    context.fillStyle = hue.fill;
    context.fill(path);
    context.lineWidth = 0.5;
    context.strokeStyle = hue.outline;
    context.stroke(path);
  }
  context.globalAlpha = 1;
}

function addGlyph(path: Path2D, isSquare: boolean, [x, y]: readonly [number, number], radius: number): void {
  if (isSquare) path.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
  else {
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
}

function paintMarks(context: Context, { placed, label, mark, picked, hues }: MapPicture): void {
  context.lineJoin = "round";
  for (const change of ["wrong", "improved", "degraded"] as const) {
    mark.forEach((one, i) => {
      if (one !== change || (picked && picked[i] !== 1)) return;
      const path = markPath(change, placed.px[i]!, placed.py[i]!);
      context.lineWidth = 3;
      context.strokeStyle = change === "wrong" ? hues.text : hues.surface;
      context.stroke(path);
      const { fill } = hues.of(label[i]!);
      context.lineWidth = change === "wrong" ? 1.6 : 1;
      context.strokeStyle = change === "wrong" ? fill : hues.text;
      context.fillStyle = fill;
      if (change !== "wrong") context.fill(path);
      context.stroke(path);
    });
  }
}

function markPath(change: Change, x: number, y: number): Path2D {
  const path = new Path2D();
  if (change === "wrong") {
    const r = MARK * 0.6;
    path.moveTo(x - r, y - r);
    path.lineTo(x + r, y + r);
    path.moveTo(x + r, y - r);
    path.lineTo(x - r, y + r);
    return path;
  }
  const up = change === "improved" ? -1 : 1;
  path.moveTo(x - MARK, y - up * MARK * 0.7);
  path.lineTo(x + MARK, y - up * MARK * 0.7);
  path.lineTo(x, y + up * MARK);
  path.closePath();
  return path;
}

function paintLabel(context: Context, { label, text, x, y }: ClassLabel, hues: Hues): void {
  const hue = hues.of(label);
  const sign = new Path2D();
  addGlyph(sign, hue.isSquare, [x + 6, y + LABEL_HEIGHT / 2], 4);
  context.font = `11px ${hues.font}`;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = hues.surface;
  context.stroke(sign);
  context.strokeText(text, x + 13, y + LABEL_HEIGHT / 2 + 0.5);
  context.fillStyle = hue.fill;
  context.fill(sign);
  context.lineWidth = 1;
  context.strokeStyle = hue.outline;
  context.stroke(sign);
  context.fillStyle = hues.text;
  context.fillText(text, x + 13, y + LABEL_HEIGHT / 2 + 0.5);
}
