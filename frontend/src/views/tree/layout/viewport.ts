/** The row below the tree's window for the buttons that else lie over its corners. Numbers only. */
import { toRect, type Rect } from "../../../marks/board";
import { GHOST_Y } from "./overlays";
import type { TreeLayout } from "./layout";

/** Height of a row of buttons. */
const BUTTON_ROW = 32;
/** Of the corners in which buttons lie: ‹ at the left, › and the magnification at the right. */
const [LEFT_CORNER, RIGHT_CORNER] = [34, 92];
/** Room that the layout leaves to buttons below the lowest words; a tree above a foot needs none. */
const SPARE_HEIGHT = 16;

export interface Viewport {
  /** Of the row of buttons; 0 where they lie over an empty corner. */
  readonly buttonRowHeight: number;
  /** Of what is seen at once, and of the whole drawing. */
  readonly visibleHeight: number;
  readonly drawingHeight: number;
}

/** A tree that scrolls passes under its corners, so it ends above them; so does one with words there. */
export function layoutViewport(
  layout: TreeLayout,
  { width, height }: { readonly width: number; readonly height: number },
): Viewport {
  const coversButtons = (rect: Rect): boolean =>
    rect.bottom > height - BUTTON_ROW && (rect.left < LEFT_CORNER || rect.right > width - RIGHT_CORNER);
  const foot = layout.height > height || labelRects(layout).some(coversButtons) ? BUTTON_ROW : 0;
  const window = height - foot;
  return {
    buttonRowHeight: foot,
    visibleHeight: window,
    drawingHeight: Math.max(window, layout.height - (foot ? SPARE_HEIGHT : 0)),
  };
}

function labelRects({ positions: places, ghost }: TreeLayout): Rect[] {
  const words = places.flatMap(({ x, y, labels }) =>
    labels.map((label) => toRect({ ...label, x: x + label.x, y: y + label.y })),
  );
  return ghost
    ? [...words, toRect({ x: ghost.x, y: ghost.y + GHOST_Y[ghost.side], text: ghost.label, anchor: ghost.anchor })]
    : words;
}
