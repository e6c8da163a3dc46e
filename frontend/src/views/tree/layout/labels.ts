/** The words at each node, and where they find room: measures first, then signs, ends, makers and shares. Numbers only. */
import type { Node } from "../../../api/values";
import { formatShare, formatTimes } from "../../../marks/format";
import type { Label } from "../../../marks/part";
import type { Board, Spot } from "../../../marks/board";
import { badgeOf, BADGES } from "./badges";
import { describeOutcome, removedShare, SHORT_OUTCOMES } from "../../nodes/descriptions";

/** A circle that is to be labelled. */
export interface Circle {
  readonly node: Node;
  readonly parent: Node | undefined;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly tag: string;
  /** Level part of its edge, pixels before the centre. */
  readonly levelLength: number;
  readonly hidden: number;
  /** "①" where it is marked for comparison. */
  readonly ordinal: string;
  /** Of the lineage, or hovered: its measures stand even where an edge crosses them. */
  readonly hasPriority: boolean;
}

const ORDINALS = "①②③④⑤";
export const ordinalOf = (index: number): string => (index < 0 ? "" : (ORDINALS[index] ?? ""));

/** From the centre to where a sign below the circle ends. */
const BADGE_END = 23;

/** Columns so far apart have room for the share that a plan removed. */
const MIN_SHARE_STEP = 40;

type LabelsByCircle = Map<Circle, Label[]>;

/** Labels as from the centre of each circle. `afterMeasures` may take room before all the rest does. */
export function placeLabels(
  circles: readonly Circle[],
  board: Board,
  step: number,
  afterMeasures: () => void,
): LabelsByCircle {
  const labels: LabelsByCircle = new Map(circles.map((circle) => [circle, []]));
  const byPriority = [...circles].sort((a, b) => Number(b.hasPriority) - Number(a.hasPriority));
  const addLabel = (
    circle: Circle,
    look: Label["look"],
    key: string,
    { x, y, text, anchor = "start" }: Spot,
  ): unknown => labels.get(circle)!.push({ key, x, y, text, anchor, look });
  const placeLabel: PlaceLabel = (circle, look, key, spots, mayCross = true) => {
    const { x, y } = circle;
    const found = board.settle(
      spots.map((spot) => ({ ...spot, x: spot.x + x, y: spot.y + y })),
      mayCross,
    );
    if (found) addLabel(circle, look, key, { ...found, x: found.x - x, y: found.y - y });
    return found !== null;
  };
  for (const circle of byPriority) placeMeasures(circle, placeLabel);
  // Before words that may give way: colour and dashes tell what "not recovered" says.
  for (const key of BADGES) {
    for (const circle of circles) {
      const sign = badgeOf(circle, key);
      if (sign && !placeLabel(circle, sign.look, key, sign.spots)) addLabel(circle, sign.look, key, sign.corner);
    }
  }
  afterMeasures();
  for (const circle of byPriority) placeOutcome(circle, placeLabel);
  for (const circle of circles) placeMaker(circle, placeLabel);
  if (step >= MIN_SHARE_STEP) for (const circle of circles) placeShare(circle, placeLabel);
  return labels;
}

type PlaceLabel = (
  circle: Circle,
  look: Label["look"],
  key: string,
  spots: readonly Spot[],
  mayCross?: boolean,
) => boolean;

const isUnrecovered = ({ node }: Circle): boolean => node.recovered === false && node.state === "ready";

function placeMeasures(circle: Circle, put: PlaceLabel): void {
  const { accuracy, compression } = circle.node;
  const [look, dim] = isUnrecovered(circle) ? (["u", "u"] as const) : (["s", "d"] as const);
  const above = (y: number, text: string): readonly Spot[] => [{ x: 0, y, text, anchor: "middle" }];
  if (accuracy === null || !put(circle, look, "accuracy", above(-27, formatShare(accuracy)), circle.hasPriority))
    return;
  if (compression !== null) put(circle, dim, "times", above(-15, formatTimes(compression)), circle.hasPriority);
}

/** Below the circle, left or right of its children's edge and of signs; a shorter word where the whole one finds no room, or further below. */
function placeOutcome(circle: Circle, put: PlaceLabel): void {
  const word = describeOutcome(circle.node);
  if (!word) return;
  const words = word in SHORT_OUTCOMES ? [word, SHORT_OUTCOMES[word]!] : [word];
  const below = (y: number): readonly Spot[] =>
    words.flatMap((text): readonly Spot[] => [
      { x: 0, y, text, anchor: "middle" },
      { x: -3, y, text, anchor: "end" },
      { x: 4, y, text },
      { x: -BADGE_END, y, text, anchor: "end" },
      { x: BADGE_END, y, text },
    ]);
  put(circle, isUnrecovered(circle) ? "u" : "d", "word", [...below(22), ...below(34)]);
}

/** Who made it, on its edge where that is long enough, else below: it stands in the tooltip too, so it may give way. */
function placeMaker(circle: Circle, put: PlaceLabel): void {
  const { tag, levelLength: run, radius } = circle;
  if (!tag) return;
  const onEdge: Spot = { x: -radius - 4, y: -4, text: tag, anchor: "end" };
  const below = [22, 33].map((y): Spot => ({ x: 0, y, text: tag, anchor: "middle" }));
  put(circle, "", "tag", run > radius ? [onEdge, ...below] : below);
}

/** What its plan removed of the parent's filters. */
function placeShare(circle: Circle, put: PlaceLabel): void {
  const share = removedShare(circle.node, circle.parent);
  if (share === null || share === 0) return;
  const text = `−${formatShare(share, share < 0.0995 ? 1 : 0)}%`;
  put(
    circle,
    "",
    "share",
    [-4, 13].map((y): Spot => ({ x: -circle.radius - 4, y, text, anchor: "end" })),
    false,
  );
}
