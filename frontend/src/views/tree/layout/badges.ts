/** Places the badges of nodes that the user has folded, marked, starred or annotated. */
import type { Node } from "../../../api/values";
import type { LabelSpot } from "../../../marks/labelLayout";
import type { Label } from "../../../marks/elements";
import { hasUserNote } from "../../nodes/descriptions";

/** Kinds of badges, in the order in which they are placed, which is their order of importance. */
export const BADGE_KEYS = ["hidden", "mark", "star", "note"] as const;
type BadgeKey = (typeof BADGE_KEYS)[number];

/** The circle of a node, and what its badges show. */
interface CircleWithBadges {
  readonly node: Node;
  readonly radius: number;
  readonly hiddenCount: number;
  readonly ordinal: string;
}

export interface Badge {
  readonly text: string;
  readonly emphasis: NonNullable<Label["emphasis"]>;
  /** Possible positions of a badge relative to the centre of the circle, best first. */
  readonly spots: readonly LabelSpot[];
  /** Position on the rim of the circle. It is used if no other position is free, because badges are never left out. */
  readonly corner: LabelSpot;
}

/** Gap between a badge and the labels of other nodes, in pixels. */
const BADGE_CLEARANCE = 4;

const BADGE_EMPHASIS: Readonly<Record<BadgeKey, Badge["emphasis"]>> = {
  hidden: "bold",
  mark: "bold",
  star: "strong",
  note: "dimmed",
};

const badgeText = ({ node, hiddenCount, ordinal }: CircleWithBadges, key: BadgeKey): string =>
  ({
    hidden: hiddenCount > 0 ? `+${hiddenCount}` : "",
    mark: ordinal,
    star: node.starred ? "★" : "",
    note: hasUserNote(node) ? "✎" : "",
  })[key];

export function buildBadge(circle: CircleWithBadges, key: BadgeKey): Badge | null {
  const text = badgeText(circle, key);
  return text
    ? {
        text,
        emphasis: BADGE_EMPHASIS[key],
        spots: listSpots(key, text, circle.radius),
        corner: cornerSpot(key, text, circle.radius),
      }
    : null;
}

/**
 * Returns the possible positions of a badge, best first: below the circle, above the edge to the node, around the
 * node's metrics, on the edge.
 */
function listSpots(key: BadgeKey, text: string, radius: number): readonly LabelSpot[] {
  const right = (y: number, x = radius - 1): LabelSpot => ({ x, y, text, clear: BADGE_CLEARANCE });
  const left = (y: number, x = radius - 1): LabelSpot => ({ x: -x, y, text, anchor: "end", clear: BADGE_CLEARANCE });
  const middle = (y: number): LabelSpot => ({ x: 0, y, text, anchor: "middle", clear: BADGE_CLEARANCE });
  const spotsBelow =
    key === "note" ? [left(19), left(31), right(19), right(31)] : [right(19), left(19), right(31), left(31)];
  const first = key === "hidden" ? [right(4, radius + 3)] : [];
  const badgeX = radius + BADGE_CLEARANCE;
  return [
    ...first,
    ...spotsBelow,
    right(-4, badgeX),
    left(-4, badgeX),
    right(-15, 16),
    left(-15, 16),
    right(-27, 17),
    left(-27, 17),
    middle(-39),
    middle(34),
    middle(22),
    right(4, badgeX),
    left(4, badgeX),
  ];
}

function cornerSpot(key: BadgeKey, text: string, radius: number): LabelSpot {
  const x = radius - 4;
  const isRightOfCircle = key === "mark" || key === "hidden";
  return {
    x: isRightOfCircle ? x : -x,
    y: key === "mark" || key === "star" ? -3 : 12,
    text,
    anchor: isRightOfCircle ? "start" : "end",
  };
}
