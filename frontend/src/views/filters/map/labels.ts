/** Class names above the densest part of their points, moved apart if they would overlap. */
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
const SYMBOL_WIDTH = 13;
const LETTER_WIDTH = 5.9;
/**
 * Share of a class's points, near its centre, that are above the name; the name's second-choice position is below the
 * same share.
 */
const EDGE_SHARE = 0.08;
const NAME_DISTANCES = [0, 14, 28];
const MAX_LETTERS = 18;
/**
 * Maximum number of points per class from which its centre is computed: more would slow down every frame and hardly
 * change the result.
 */
const MAX_POINTS = 200;

/** Places the names, larger classes first; a name for which there is no room is left out. */
export function layoutLabels(placed: Placed, label: Int16Array, classes: readonly string[], size: Size): ClassLabel[] {
  const labels: ClassLabel[] = [];
  for (const { label: index, x, top: above, bottom } of classCenters(placed, label, size)) {
    const text = (classes[index] ?? String(index)).slice(0, MAX_LETTERS);
    const width = SYMBOL_WIDTH + text.length * LETTER_WIDTH + 4;
    const left = Math.max(2, Math.min(size.width - width - 2, x - width / 2));
    const candidates = NAME_DISTANCES.flatMap((distance) => [
      above - LABEL_HEIGHT - 1 - distance,
      bottom + 1 + distance,
    ]);
    for (const y of [...candidates, (above + bottom - LABEL_HEIGHT) / 2]) {
      const top = Math.max(2, Math.min(size.height - LABEL_HEIGHT - 2, y));
      const box = { label: index, text, x: left, y: top, width };
      if (labels.some((other) => overlaps(box, other))) continue;
      labels.push(box);
      break;
    }
  }
  return labels.sort((a, b) => a.label - b.label);
}

const overlaps = (a: ClassLabel, b: ClassLabel): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && Math.abs(a.y - b.y) < LABEL_HEIGHT;

interface ClassCenter {
  readonly label: number;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

/** Centres of the classes' visible points, largest class first. */
function classCenters({ px, py }: Placed, label: Int16Array, { width, height }: Size): ClassCenter[] {
  const byLabel = new Map<number, number[]>();
  label.forEach((index, i) => {
    const [x, y] = [px[i]!, py[i]!];
    if (index < 0 || x < 0 || y < 0 || x > width || y > height) return;
    (byLabel.get(index) ?? byLabel.set(index, []).get(index)!).push(i);
  });
  return [...byLabel]
    .sort(([a, points], [b, others]) => others.length - points.length || a - b)
    .map(([index, points]) => {
      const step = Math.ceil(points.length / MAX_POINTS);
      const sampledPoints = points.filter((_, at) => at % step === 0);
      const { x, ys } = densestPlace({ px, py }, sampledPoints);
      return { label: index, x, top: quantile(ys, EDGE_SHARE), bottom: quantile(ys, 1 - EDGE_SHARE) };
    });
}

/** Radius of the mean shift, pixels. */
const RADIUS = 48;
const ROUNDS = 3;

/**
 * Finds the densest point of a class by mean shift (Comaniciu & Meer 2002). The search starts at the point nearest to
 * the medians, so that outliers or a second cluster do not pull the name into the empty space between.
 */
function densestPlace({ px, py }: Placed, points: readonly number[]): { x: number; ys: Float32Array } {
  const median = (values: Float32Array): number => quantile(Float32Array.from(points, (i) => values[i]!).sort(), 0.5);
  const distance = (i: number, x: number, y: number): number => Math.hypot(px[i]! - x, py[i]! - y);
  const [midX, midY] = [median(px), median(py)];
  const start = points.reduce((best, i) => (distance(i, midX, midY) < distance(best, midX, midY) ? i : best));
  let [x, y] = [px[start]!, py[start]!];
  let near: readonly number[] = points;
  for (let round = 0; round < ROUNDS; round++) {
    near = points.filter((i) => distance(i, x, y) <= RADIUS);
    if (near.length === 0) return { x, ys: Float32Array.of(y) };
    [x, y] = [meanOf(px, near), meanOf(py, near)];
  }
  return { x, ys: Float32Array.from(near, (i) => py[i]!).sort() };
}

const meanOf = (values: Float32Array, points: readonly number[]): number =>
  points.reduce((sum, i) => sum + values[i]!, 0) / points.length;

const quantile = (sorted: Float32Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
