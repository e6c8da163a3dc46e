/** The words at each node, and where they find room: measures first, then signs, ends, makers and shares. Numbers only. */
import type { Node } from "../../../api/values";
import { formatShare, formatReduction } from "../../../marks/format";
import type { Label } from "../../../marks/elements";
import type { LabelLayout, Spot } from "../../../marks/labelLayout";
import { signOf, SIGNS } from "./signs";
import { describeEnd, removedShare, SHORT_END } from "../../nodes/words";

/** A circle that is to be labelled. */
export interface Bare {
  readonly node: Node;
  readonly parent: Node | undefined;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly tag: string;
  /** Level part of its edge, pixels before the centre. */
  readonly run: number;
  readonly hidden: number;
  /** "①" where it is marked for comparison. */
  readonly mark: string;
  /** Of the lineage, or hovered: its measures stand even where an edge crosses them. */
  readonly isMarked: boolean;
}

const ORDINALS = "①②③④⑤";
export const ordinalOf = (index: number): string => (index < 0 ? "" : (ORDINALS[index] ?? ""));

/** From the centre to where a sign below the circle ends. */
const SIGNED = 23;

/** Columns so far apart have room for the share that a plan removed. */
const SHARE_STEP = 40;

type Placed = Map<Bare, Label[]>;

/** Labels as from the centre of each circle. `afterMeasures` may take room before all the rest does. */
export function placeLabels(circles: readonly Bare[], board: LabelLayout, step: number, afterMeasures: () => void): Placed {
  const placed: Placed = new Map(circles.map((circle) => [circle, []]));
  const first = [...circles].sort((a, b) => Number(b.isMarked) - Number(a.isMarked));
  const write = (circle: Bare, look: Label["emphasis"], key: string, { x, y, text, anchor = "start" }: Spot): unknown =>
    placed.get(circle)!.push({ key, x, y, text, anchor, look });
  const put: Put = (circle, look, key, spots, mayCross = true) => {
    const { x, y } = circle;
    const found = board.place(
      spots.map((spot) => ({ ...spot, x: spot.x + x, y: spot.y + y })),
      mayCross,
    );
    if (found) write(circle, emphasis, key, { ...found, x: found.x - x, y: found.y - y });
    return found !== null;
  };
  for (const circle of first) placeMeasures(circle, put);
  // Before words that may give way: colour and dashes tell what "not recovered" says.
  for (const key of SIGNS) {
    for (const circle of circles) {
      const sign = signOf(circle, key);
      if (sign && !put(circle, sign.emphasis, key, sign.spots)) write(circle, sign.emphasis, key, sign.corner);
    }
  }
  afterMeasures();
  for (const circle of first) placeEnd(circle, put);
  for (const circle of circles) placeMaker(circle, put);
  if (step >= SHARE_STEP) for (const circle of circles) placeShare(circle, put);
  return placed;
}

type Put = (circle: Bare, look: Label["emphasis"], key: string, spots: readonly Spot[], mayCross?: boolean) => boolean;

const isUnrecovered = ({ node }: Bare): boolean => node.recovered === false && node.state === "ready";

function placeMeasures(circle: Bare, put: Put): void {
  const { accuracy, compression } = circle.node;
  const [emphasis, dim] = isUnrecovered(circle)
    ? (["unrecovered", "unrecovered"] as const)
    : (["strong", "dimmed"] as const);
  const above = (y: number, text: string): readonly Spot[] => [{ x: 0, y, text, anchor: "middle" }];
  if (accuracy === null || !put(circle, look, "accuracy", above(-27, formatShare(accuracy)), circle.isMarked)) return;
  if (compression !== null) put(circle, dim, "times", above(-15, formatReduction(compression)), circle.isMarked);
}

/** Below the circle, left or right of its children's edge and of signs; a shorter word where the whole one finds no room, or further below. */
function placeEnd(circle: Bare, put: Put): void {
  const word = describeEnd(circle.node);
  if (!word) return;
  const words = word in SHORT_END ? [word, SHORT_END[word]!] : [word];
  const below = (y: number): readonly Spot[] =>
    words.flatMap((text): readonly Spot[] => [
      { x: 0, y, text, anchor: "middle" },
      { x: -3, y, text, anchor: "end" },
      { x: 4, y, text },
      { x: -SIGNED, y, text, anchor: "end" },
      { x: SIGNED, y, text },
    ]);
  put(circle, isUnrecovered(circle) ? "unrecovered" : "dimmed", "word", [...below(22), ...below(34)]);
}

/** Who made it, on its edge where that is long enough, else below: it stands in the tooltip too, so it may give way. */
function placeMaker(circle: Bare, put: Put): void {
  const { tag, run, radius } = circle;
  if (!tag) return;
  const onEdge: Spot = { x: -radius - 4, y: -4, text: tag, anchor: "end" };
  const below = [22, 33].map((y): Spot => ({ x: 0, y, text: tag, anchor: "middle" }));
  put(circle, "", "tag", run > radius ? [onEdge, ...below] : below);
}

/** What its plan removed of the parent's filters. */
function placeShare(circle: Bare, put: Put): void {
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
