/** What a person did with a node (folded, marked, starred, noted) in signs, and where they may stand. Numbers only. */
import type { Node } from "../../../api/values";
import type { Spot } from "../../../marks/labelLayout";
import type { Label } from "../../../marks/elements";
import { isByPerson } from "../../nodes/words";

/** The weightiest first: it chooses its spot before those that follow. */
export const SIGNS = ["hidden", "mark", "star", "note"] as const;
type SignKey = (typeof SIGNS)[number];

/** A circle that carries signs. */
interface Signed {
  readonly node: Node;
  readonly radius: number;
  readonly hidden: number;
  readonly mark: string;
}

export interface Sign {
  readonly text: string;
  readonly look: NonNullable<Label["emphasis"]>;
  /** From the circle's centre, the best first. */
  readonly spots: readonly Spot[];
  /** On the rim of its own circle: it stands there where no spot is free, for no sign is left out. */
  readonly corner: Spot;
}

/** Pixels between a sign and the words of other nodes. */
const CLEAR = 4;

const EMPHASIS: Readonly<Record<SignKey, Sign["emphasis"]>> = {
  hidden: "bold",
  mark: "bold",
  star: "strong",
  note: "dimmed",
};

const textOf = ({ node, hidden, mark }: Signed, key: SignKey): string =>
  ({ hidden: hidden > 0 ? `+${hidden}` : "", mark, star: node.starred ? "★" : "", note: isByPerson(node) ? "✎" : "" })[
    key
  ];

export function signOf(circle: Signed, key: SignKey): Sign | null {
  const text = textOf(circle, key);
  return text
    ? {
        text,
        emphasis: EMPHASIS[key],
        spots: spotsOf(key, text, circle.radius),
        corner: cornerOf(key, text, circle.radius),
      }
    : null;
}

/** Below at either side, above the edge, further below; then about its own measures, at last on the edge. */
function spotsOf(key: SignKey, text: string, radius: number): readonly Spot[] {
  const right = (y: number, x = radius - 1): Spot => ({ x, y, text, clear: CLEAR });
  const left = (y: number, x = radius - 1): Spot => ({ x: -x, y, text, anchor: "end", clear: CLEAR });
  const middle = (y: number): Spot => ({ x: 0, y, text, anchor: "middle", clear: CLEAR });
  const below =
    key === "note" ? [left(19), left(31), right(19), right(31)] : [right(19), left(19), right(31), left(31)];
  const first = key === "hidden" ? [right(4, radius + 3)] : [];
  const level = radius + CLEAR;
  return [
    ...first,
    ...below,
    right(-4, level),
    left(-4, level),
    right(-15, 16),
    left(-15, 16),
    right(-27, 17),
    left(-27, 17),
    middle(-39),
    middle(34),
    middle(22),
    right(4, level),
    left(4, level),
  ];
}

function cornerOf(key: SignKey, text: string, radius: number): Spot {
  const x = radius - 4;
  const isRight = key === "mark" || key === "hidden";
  return {
    x: isRight ? x : -x,
    y: key === "mark" || key === "star" ? -3 : 12,
    text,
    anchor: isRight ? "start" : "end",
  };
}
