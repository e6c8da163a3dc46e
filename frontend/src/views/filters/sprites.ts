/** Signs of points drawn once and then copied: thousands of copies cost a tenth of as many paths. */
import type { Change } from "../../state/choice";
import type { Hue, Hues } from "./hues";

export type Context = CanvasRenderingContext2D;

/** Copies a sign so that its middle lies at x, y (pixels of the page). */
export type Stamp = (x: number, y: number) => void;

const MARK = 4.6;
const DOT = 2;
const MARK_ROOM = 16;

/** Makes signs for one canvas and theme. */
export function makeSprites(context: Context, hues: Hues, ratio: number) {
  const make = (room: number, paint: (to: Context) => void): Stamp => {
    const canvas = document.createElement("canvas");
    const side = Math.ceil(room * ratio);
    canvas.width = canvas.height = side;
    const to = canvas.getContext("2d")!;
    to.setTransform(ratio, 0, 0, ratio, side / 2, side / 2);
    paint(to);
    const half = side / 2 / ratio;
    // On whole device pixels, so that signs stay sharp.
    return (x, y) => context.drawImage(canvas, Math.round((x - half) * ratio) / ratio, Math.round((y - half) * ratio) / ratio, side / ratio, side / ratio);
  };
  return {
    /** The fastest sign: a square on whole device pixels. */
    dot: (label: number): Stamp => {
      const { fill } = hues.of(label);
      const side = Math.max(2, Math.round(DOT * ratio)) / ratio;
      return (x, y) => {
        if (context.fillStyle !== fill) context.fillStyle = fill;
        context.fillRect(Math.round((x - side / 2) * ratio) / ratio, Math.round((y - side / 2) * ratio) / ratio, side, side);
      };
    },
    point: (label: number, radius: number): Stamp => make(2 * radius + 2, (to) => paintPoint(to, hues.of(label), radius, 0.5)),
    mark: (change: Change, label: number): Stamp => make(MARK_ROOM, (to) => paintMark(to, change, hues.of(label), hues)),
  };
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
