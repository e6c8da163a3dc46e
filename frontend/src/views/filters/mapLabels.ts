/** Names of classes above their points, at the medians, moved apart where they would cover each other. */
import type { Size } from "../panel";
import type { Placed } from "./mapLayout";

export interface ClassLabel {
  readonly label: number;
  readonly text: string;
  /** Left and top of the box, pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export const LABEL_HEIGHT = 16;
const SIGN = 13;
const LETTER = 5.9;
/** Of the points of a class, so many lie above the name's line; the next best is as far below. */
const EDGE = 0.08;
const AWAY = [0, 14, 28];
const LONGEST = 18;
/** Points of a class that its middle is read from: more would cost time in every frame and hardly move it. */
const ASKED = 200;

/** Larger classes find their place first; a name that finds none is left out. */
export function layoutLabels(placed: Placed, label: Int16Array, classes: readonly string[], size: Size): ClassLabel[] {
  const found: ClassLabel[] = [];
  for (const { label: one, x, top: above, bottom } of middles(placed, label, size)) {
    const text = (classes[one] ?? String(one)).slice(0, LONGEST);
    const width = SIGN + text.length * LETTER + 4;
    const left = Math.max(2, Math.min(size.width - width - 2, x - width / 2));
    const tries = AWAY.flatMap((away) => [above - LABEL_HEIGHT - 1 - away, bottom + 1 + away]);
    for (const y of [...tries, (above + bottom - LABEL_HEIGHT) / 2]) {
      const top = Math.max(2, Math.min(size.height - LABEL_HEIGHT - 2, y));
      const box = { label: one, text, x: left, y: top, width };
      if (found.some((other) => overlaps(box, other))) continue;
      found.push(box);
      break;
    }
  }
  return found.sort((a, b) => a.label - b.label);
}

const overlaps = (a: ClassLabel, b: ClassLabel): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && Math.abs(a.y - b.y) < LABEL_HEIGHT;

interface Middle {
  readonly label: number;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

/** Of the points in sight, largest class first. */
function middles({ px, py }: Placed, label: Int16Array, { width, height }: Size): Middle[] {
  const byLabel = new Map<number, number[]>();
  label.forEach((one, i) => {
    const [x, y] = [px[i]!, py[i]!];
    if (one < 0 || x < 0 || y < 0 || x > width || y > height) return;
    (byLabel.get(one) ?? byLabel.set(one, []).get(one)!).push(i);
  });
  return [...byLabel]
    .sort(([a, one], [b, other]) => other.length - one.length || a - b)
    .map(([one, points]) => {
      const step = Math.ceil(points.length / ASKED);
      const asked = points.filter((_, at) => at % step === 0);
      const xs = Float32Array.from(asked, (i) => px[i]!).sort();
      const ys = Float32Array.from(asked, (i) => py[i]!).sort();
      return { label: one, x: quantile(xs, 0.5), top: quantile(ys, EDGE), bottom: quantile(ys, 1 - EDGE) };
    });
}

const quantile = (sorted: Float32Array, share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
