/** Class names on the map, each above the densest group of the class's points. Names that would overlap are moved. */
import type { Size } from "../../panel";
import type { PlacedPoints } from "./layout";

export interface ClassLabel {
  readonly label: number;
  readonly text: string;
  /** Left and top edges of the box around the name, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export const LABEL_HEIGHT = 16;
const SYMBOL_WIDTH = 13;
const LETTER_WIDTH = 5.9;
/**
 * Quantile q that decides where a class name goes: above the q-quantile of the y positions of the points near the
 * class's centre, or below the (1 − q)-quantile.
 */
const CLASS_EDGE_QUANTILE = 0.08;
/** Gaps between a class's points and its name, in pixels, in the order in which they are tried. */
const CLASS_NAME_GAPS = [0, 14, 28];
const MAX_NAME_LENGTH = 18;
/**
 * The centre of a class is computed from at most this many of its points. More would slow down every frame and hardly
 * move the centre.
 */
const MAX_SAMPLED_POINTS = 200;

/** Places the class names, starting with the largest class. Names for which there is no room are left out. */
export function layoutLabels(
  placedPoints: PlacedPoints,
  label: Int16Array,
  classes: readonly string[],
  size: Size,
): ClassLabel[] {
  const labels: ClassLabel[] = [];
  for (const { label: index, x, top: pointsTop, bottom } of classCenters(placedPoints, label, size)) {
    const text = (classes[index] ?? String(index)).slice(0, MAX_NAME_LENGTH);
    const width = SYMBOL_WIDTH + text.length * LETTER_WIDTH + 4;
    const left = Math.max(2, Math.min(size.width - width - 2, x - width / 2));
    const candidates = CLASS_NAME_GAPS.flatMap((gap) => [pointsTop - LABEL_HEIGHT - 1 - gap, bottom + 1 + gap]);
    for (const y of [...candidates, (pointsTop + bottom - LABEL_HEIGHT) / 2]) {
      const top = Math.max(2, Math.min(size.height - LABEL_HEIGHT - 2, y));
      const box = { label: index, text, x: left, y: top, width };
      if (labels.some((other) => labelsOverlap(box, other))) continue;
      labels.push(box);
      break;
    }
  }
  return labels.sort((a, b) => a.label - b.label);
}

const labelsOverlap = (a: ClassLabel, b: ClassLabel): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && Math.abs(a.y - b.y) < LABEL_HEIGHT;

interface ClassCenter {
  readonly label: number;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

/** Returns the centres of the visible points of each class, the largest class first. */
function classCenters({ px, py }: PlacedPoints, label: Int16Array, { width, height }: Size): ClassCenter[] {
  const pointsByLabel = new Map<number, number[]>();
  label.forEach((index, i) => {
    const [x, y] = [px[i]!, py[i]!];
    if (index < 0 || x < 0 || y < 0 || x > width || y > height) return;
    (pointsByLabel.get(index) ?? pointsByLabel.set(index, []).get(index)!).push(i);
  });
  return [...pointsByLabel]
    .sort(([a, points], [b, others]) => others.length - points.length || a - b)
    .map(([index, points]) => {
      const step = Math.ceil(points.length / MAX_SAMPLED_POINTS);
      const sampledPoints = points.filter((_, at) => at % step === 0);
      const { x, ys } = findDensestPosition({ px, py }, sampledPoints);
      return { label: index, x, top: quantile(ys, CLASS_EDGE_QUANTILE), bottom: quantile(ys, 1 - CLASS_EDGE_QUANTILE) };
    });
}

/** Radius of the mean-shift window, in pixels. */
const MEAN_SHIFT_RADIUS = 48;
const ITERATIONS = 3;

/**
 * Finds the densest point of a class by mean shift (Comaniciu & Meer 2002). The search starts at the point nearest to
 * the median position, so that outliers or a second cluster do not pull the name into empty space.
 */
function findDensestPosition({ px, py }: PlacedPoints, points: readonly number[]): { x: number; ys: Float32Array } {
  const median = (values: Float32Array): number => quantile(Float32Array.from(points, (i) => values[i]!).sort(), 0.5);
  const distance = (i: number, x: number, y: number): number => Math.hypot(px[i]! - x, py[i]! - y);
  const [medianX, medianY] = [median(px), median(py)];
  const start = points.reduce((best, i) =>
    distance(i, medianX, medianY) < distance(best, medianX, medianY) ? i : best,
  );
  let [x, y] = [px[start]!, py[start]!];
  let nearbyPoints: readonly number[] = points;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    nearbyPoints = points.filter((i) => distance(i, x, y) <= MEAN_SHIFT_RADIUS);
    if (nearbyPoints.length === 0) return { x, ys: Float32Array.of(y) };
    [x, y] = [meanAtPoints(px, nearbyPoints), meanAtPoints(py, nearbyPoints)];
  }
  return { x, ys: Float32Array.from(nearbyPoints, (i) => py[i]!).sort() };
}

const meanAtPoints = (values: Float32Array, points: readonly number[]): number =>
  points.reduce((sum, i) => sum + values[i]!, 0) / points.length;

const quantile = (sortedValues: Float32Array, share: number): number =>
  sortedValues[Math.min(sortedValues.length - 1, Math.floor(sortedValues.length * share))]!;
