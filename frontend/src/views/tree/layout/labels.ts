/**
 * Places the labels of all nodes: first the metrics, then badges, outcomes, tags that say how a node was made, and
 * removed shares.
 */
import type { Node } from "../../../api/values";
import { formatShare, formatReduction } from "../../../marks/format";
import type { Label } from "../../../marks/elements";
import type { LabelLayout, LabelSpot } from "../../../marks/labelLayout";
import { buildBadge, BADGE_KEYS } from "./badges";
import { describeOutcome, removedShare, SHORT_OUTCOMES } from "../../nodes/descriptions";

/** The circle of a node, and what its labels show. */
export interface Circle {
  readonly node: Node;
  readonly parent: Node | undefined;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly tag: string;
  /** Length of the horizontal section of the edge that leads to the node, in pixels. */
  readonly edgeLength: number;
  readonly hiddenCount: number;
  /**
   * "①" if the node was the first to be marked for comparison, "②" if it was the second …; empty if it is not marked.
   */
  readonly ordinal: string;
  /** Whether the node is hovered or in the chosen lineage. Its metrics are then shown even if an edge crosses them. */
  readonly hasLabelPriority: boolean;
}

const ORDINAL_SYMBOLS = "①②③④⑤";
export const formatOrdinal = (index: number): string => (index < 0 ? "" : (ORDINAL_SYMBOLS[index] ?? ""));

/** Distance from the centre of a circle to the far end of a badge below it, in pixels. */
const BADGE_END_DISTANCE = 23;

/** Minimum width of a column, in pixels, at which edges show the share of filters that a plan removed. */
const MIN_COLUMN_WIDTH_FOR_SHARES = 40;

type LabelsByCircle = Map<Circle, Label[]>;

/**
 * Places the labels, and returns the labels of each circle, with positions relative to the centre of the circle. Calls
 * `onMetricsPlaced` once metrics and badges are placed.
 */
export function placeLabels(
  circles: readonly Circle[],
  labelLayout: LabelLayout,
  step: number,
  onMetricsPlaced: () => void,
): LabelsByCircle {
  const labels: LabelsByCircle = new Map(circles.map((circle) => [circle, []]));
  const circlesByPriority = [...circles].sort((a, b) => Number(b.hasLabelPriority) - Number(a.hasLabelPriority));
  const addLabel = (
    circle: Circle,
    emphasis: Label["emphasis"],
    key: string,
    { x, y, text, anchor = "start" }: LabelSpot,
  ): unknown => labels.get(circle)!.push({ key, x, y, text, anchor, emphasis });
  const placeLabel: PlaceLabel = (circle, emphasis, key, spots, mayCrossEdges = true) => {
    const { x, y } = circle;
    const spot = labelLayout.placeLabel(
      spots.map((candidate) => ({ ...candidate, x: candidate.x + x, y: candidate.y + y })),
      mayCrossEdges,
    );
    if (spot) addLabel(circle, emphasis, key, { ...spot, x: spot.x - x, y: spot.y - y });
    return spot !== null;
  };
  for (const circle of circlesByPriority) placeMetricLabels(circle, placeLabel);
  // Before "not recovered", which can be left out: colour and dashes say the same.
  for (const key of BADGE_KEYS) {
    for (const circle of circles) {
      const badge = buildBadge(circle, key);
      if (badge && !placeLabel(circle, badge.emphasis, key, badge.spots))
        addLabel(circle, badge.emphasis, key, badge.corner);
    }
  }
  onMetricsPlaced();
  for (const circle of circlesByPriority) placeOutcomeLabel(circle, placeLabel);
  for (const circle of circles) placeOriginLabel(circle, placeLabel);
  if (step >= MIN_COLUMN_WIDTH_FOR_SHARES) for (const circle of circles) placeShareLabel(circle, placeLabel);
  return labels;
}

type PlaceLabel = (
  circle: Circle,
  emphasis: Label["emphasis"],
  key: string,
  spots: readonly LabelSpot[],
  mayCrossEdges?: boolean,
) => boolean;

const hasNotRecovered = ({ node }: Circle): boolean => node.recovered === false && node.state === "ready";

function placeMetricLabels(circle: Circle, placeLabel: PlaceLabel): void {
  const { accuracy, compression } = circle.node;
  const [emphasis, dim] = hasNotRecovered(circle)
    ? (["unrecovered", "unrecovered"] as const)
    : (["strong", "dimmed"] as const);
  const spotsAbove = (y: number, text: string): readonly LabelSpot[] => [{ x: 0, y, text, anchor: "middle" }];
  if (
    accuracy === null ||
    !placeLabel(circle, emphasis, "accuracy", spotsAbove(-27, formatShare(accuracy)), circle.hasLabelPriority)
  )
    return;
  if (compression !== null)
    placeLabel(circle, dim, "times", spotsAbove(-15, formatReduction(compression)), circle.hasLabelPriority);
}

/**
 * Places, below the circle of a node, the label that says how the node ended. The label covers neither edges nor
 * badges; if there is no room, it is shortened or moved further down.
 */
function placeOutcomeLabel(circle: Circle, placeLabel: PlaceLabel): void {
  const outcome = describeOutcome(circle.node);
  if (!outcome) return;
  const texts = outcome in SHORT_OUTCOMES ? [outcome, SHORT_OUTCOMES[outcome]!] : [outcome];
  const spotsBelow = (y: number): readonly LabelSpot[] =>
    texts.flatMap((text): readonly LabelSpot[] => [
      { x: 0, y, text, anchor: "middle" },
      { x: -3, y, text, anchor: "end" },
      { x: 4, y, text },
      { x: -BADGE_END_DISTANCE, y, text, anchor: "end" },
      { x: BADGE_END_DISTANCE, y, text },
    ]);
  placeLabel(circle, hasNotRecovered(circle) ? "unrecovered" : "dimmed", "outcome", [
    ...spotsBelow(22),
    ...spotsBelow(34),
  ]);
}

/**
 * Places the tag that says how the node was made: on the edge to the node if that is long enough, otherwise below the
 * node. The tag may be left out, because the tooltip contains the same text.
 */
function placeOriginLabel(circle: Circle, placeLabel: PlaceLabel): void {
  const { tag, edgeLength, radius } = circle;
  if (!tag) return;
  const edgeSpot: LabelSpot = { x: -radius - 4, y: -4, text: tag, anchor: "end" };
  const spotsBelow = [22, 33].map((y): LabelSpot => ({ x: 0, y, text: tag, anchor: "middle" }));
  placeLabel(circle, "", "tag", edgeLength > radius ? [edgeSpot, ...spotsBelow] : spotsBelow);
}

/** Places, on the edge to the node, the share of the parent's free filters that the plan removed. */
function placeShareLabel(circle: Circle, placeLabel: PlaceLabel): void {
  const share = removedShare(circle.node, circle.parent);
  if (share === null || share === 0) return;
  const text = `−${formatShare(share, share < 0.0995 ? 1 : 0)}%`;
  placeLabel(
    circle,
    "",
    "share",
    [-4, 13].map((y): LabelSpot => ({ x: -circle.radius - 4, y, text, anchor: "end" })),
    false,
  );
}
