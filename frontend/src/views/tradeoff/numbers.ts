/**
 * Places the numbers of the nodes in the trade-off chart so that they do not overlap points, other numbers or the
 * frontier. A number for which there is no room is left out.
 */
import { LabelLayout, type Rect } from "../../marks/labelLayout";
import type { Label } from "../../marks/elements";
import type { Point } from "./points";
import type { ScatterScales, ScatterData } from "./scatterData";

/**
 * If there are at most this many points, each shows its node number. Otherwise, only the chosen point, the hovered
 * point and the points on the frontier show their numbers.
 */
const MAX_NUMBERED_POINTS = 40;
const POINT_RADIUS = 5;
const NUMBER_OFFSET = 7;

interface NumberLabelPosition {
  readonly dx: number;
  readonly dy: number;
  readonly anchor: NonNullable<Label["anchor"]>;
}

/** Possible positions of a node's number relative to its point, in order of preference. */
const NUMBER_LABEL_POSITIONS: readonly NumberLabelPosition[] = [
  { dx: NUMBER_OFFSET, dy: -5, anchor: "start" },
  { dx: -NUMBER_OFFSET, dy: -5, anchor: "end" },
  { dx: NUMBER_OFFSET, dy: 12, anchor: "start" },
  { dx: -NUMBER_OFFSET, dy: 12, anchor: "end" },
  { dx: NUMBER_OFFSET + 1, dy: 4, anchor: "start" },
  { dx: -NUMBER_OFFSET - 1, dy: 4, anchor: "end" },
  { dx: 0, dy: -8, anchor: "middle" },
  { dx: 0, dy: 17, anchor: "middle" },
];

/**
 * Places the node numbers so that they overlap neither the frontier nor the `whiskers`, which are the lines that show
 * intervals.
 */
export function layoutNodeNumbers(data: ScatterData, scales: ScatterScales, whiskers: readonly Rect[]): Label[] {
  const { points, frontier, width } = data;
  const pointToPixels = ({ x, y }: Point): readonly [number, number] => [scales.x(x), scales.y(y)];
  const labelLayout = new LabelLayout([...frontierRects(frontier.map(pointToPixels)), ...whiskers], width);
  labelLayout.occupyRects(
    ...points.map(pointToPixels).map(([x, y]): Rect => ({
      left: x - POINT_RADIUS,
      right: x + POINT_RADIUS,
      top: y - POINT_RADIUS,
      bottom: y + POINT_RADIUS,
    })),
  );
  return sortByLabelPriority(data).flatMap((point): Label[] => {
    const [x, y] = pointToPixels(point);
    const { id, number } = point.node;
    const spots = NUMBER_LABEL_POSITIONS.map(({ dx, dy, anchor }) => ({
      x: x + dx,
      y: y + dy,
      anchor,
      text: String(number),
    }));
    const hasLabelPriority = id === data.chosen || id === data.hovered;
    const spot = labelLayout.placeLabel(spots, hasLabelPriority) ?? (hasLabelPriority ? spots[0]! : null);
    return spot ? [{ key: String(id), ...spot, emphasis: id === data.chosen ? "bold" : "" }] : [];
  });
}

/**
 * Lists the points that have numbers, in the order in which the numbers are placed: the chosen point, the hovered
 * point, the frontier, then all others.
 */
function sortByLabelPriority({ points, frontier, chosen, hovered }: ScatterData): readonly Point[] {
  const labelPriorityRank = ({ node }: Point): number =>
    node.id === chosen ? 0 : node.id === hovered ? 1 : frontierIds.has(node.id) ? 2 : 3;
  const frontierIds = new Set(frontier.map(({ node }) => node.id));
  return points
    .filter((point) => points.length <= MAX_NUMBERED_POINTS || labelPriorityRank(point) < 3)
    .sort((a, b) => labelPriorityRank(a) - labelPriorityRank(b) || a.node.number - b.node.number);
}

const FRONTIER_BOX_DISTANCE = 4;

/** Returns small boxes that together cover the lines of the frontier, which are slanted. */
function frontierRects(corners: readonly (readonly [number, number])[]): readonly Rect[] {
  return corners.slice(1).flatMap(([x1, y1], index) => {
    const [x0, y0] = corners[index]!;
    const count = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) / FRONTIER_BOX_DISTANCE));
    return Array.from({ length: count + 1 }, (_, step): Rect => {
      const [x, y] = [x0 + ((x1 - x0) * step) / count, y0 + ((y1 - y0) * step) / count];
      return { left: x - 1, right: x + 1, top: y - 1, bottom: y + 1 };
    });
  });
}
