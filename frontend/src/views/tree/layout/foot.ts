/** The row below the tree's window for the buttons that else lie over its corners. Numbers only. */
import { labelRect, type Rect } from "../../../marks/labelLayout";
import { GHOST_Y } from "./drafted";
import type { TreeLayout } from "./layout";

/** Height of a row of buttons. */
const FOOT = 32;
/** Of the corners in which buttons lie: ‹ at the left, › and the magnification at the right. */
const [LEFT, RIGHT] = [34, 92];
/** Room that the layout leaves to buttons below the lowest words; a tree above a foot needs none. */
const SPARE = 16;

export interface Frame {
  /** Of the row of buttons; 0 where they lie over an empty corner. */
  readonly foot: number;
  /** Of what is seen at once, and of the whole drawing. */
  readonly window: number;
  readonly drawing: number;
}

/** A tree that scrolls passes under its corners, so it ends above them; so does one with words there. */
export function frameTree(
  layout: TreeLayout,
  { width, height }: { readonly width: number; readonly height: number },
): Frame {
  const isOver = (rect: Rect): boolean =>
    rect.bottom > height - FOOT && (rect.left < LEFT || rect.right > width - RIGHT);
  const foot = layout.height > height || rectsOf(layout).some(isOver) ? FOOT : 0;
  const window = height - foot;
  return { foot, window, drawing: Math.max(window, layout.height - (foot ? SPARE : 0)) };
}

function rectsOf({ places, ghost }: TreeLayout): Rect[] {
  const words = places.flatMap(({ x, y, labels }) =>
    labels.map((label) => labelRect({ ...label, x: x + label.x, y: y + label.y })),
  );
  return ghost
    ? [...words, labelRect({ x: ghost.x, y: ghost.y + GHOST_Y[ghost.side], text: ghost.label, anchor: ghost.anchor })]
    : words;
}
