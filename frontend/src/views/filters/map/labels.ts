/** Names of classes above the thick of their points, moved apart where they would cover each other. */
import type { Size } from "../../panel";
import type { Placed } from "./layout";

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
/** Of the points about a class's middle, so many lie above the name's line; the next best is as far below. */
const EDGE = 0.08;
const AWAY = [0, 14, 28];
const LONGEST = 18;
/** Points of a class that its middle is read from: more would cost time in every frame and hardly move it. */
const ASKED = 200;

/** Larger classes find their place first; a name that finds none is left out. */
export function layoutLabels(placed: Placed, label: Int16Array, classes: readonly string[], size: Size): ClassLabel[] {
  const found: ClassLabel[] = [];
  for (const { label: one, x, top: above, bottom } of classCenters(placed, label, size)) {
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

interface ClassCenter {
  readonly label: number;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

/** Of the points in sight, largest class first. */
function classCenters({ px, py }: Placed, label: Int16Array, { width, height }: Size): ClassCenter[] {
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
      const { x, ys } = densestPlace({ px, py }, asked);
      return { label: one, x, top: quantile(ys, EDGE), bottom: quantile(ys, 1 - EDGE) };
    });
}

/** Pixels about a middle that count as near it. */
const NEAR = 48;
const ROUNDS = 3;

/**
 * Where most points of a class lie near each other (mean shift, Comaniciu & Meer 2002), begun at the point nearest to the
 * medians: a few strays far away, or a second cluster, must not draw the name into the void between.
 */
function densestPlace({ px, py }: Placed, points: readonly number[]): { x: number; ys: Float32Array } {
  const median = (values: Float32Array): number => quantile(Float32Array.from(points, (i) => values[i]!).sort(), 0.5);
  const far = (i: number, x: number, y: number): number => Math.hypot(px[i]! - x, py[i]! - y);
  const [midX, midY] = [median(px), median(py)];
  const start = points.reduce((best, i) => (far(i, midX, midY) < far(best, midX, midY) ? i : best));
  let [x, y] = [px[start]!, py[start]!];
  let near: readonly number[] = points;
  for (let round = 0; round < ROUNDS; round++) {
    near = points.filter((i) => far(i, x, y) <= NEAR);
    if (near.length === 0) return { x, ys: Float32Array.of(y) };
    [x, y] = [meanOf(px, near), meanOf(py, near)];
  }
  return { x, ys: Float32Array.from(near, (i) => py[i]!).sort() };
}

const meanOf = (values: Float32Array, points: readonly number[]): number =>
  points.reduce((sum, i) => sum + values[i]!, 0) / points.length;

const quantile = (sorted: Float32Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
