/** Computes how much of the tree is visible, and whether its buttons need a row of their own below the tree. */
import { labelRect, type Rect } from "../../../marks/labelLayout";
import { GHOST_LABEL_Y } from "./overlays";
import type { TreeLayout } from "./layout";

/** Height of a row of buttons, in pixels. */
const BUTTON_ROW_HEIGHT = 32;
/**
 * Width of the corners that buttons cover, in pixels: ‹ is in the left corner, › and the zoom are in the right one.
 */
const [LEFT_CORNER_WIDTH, RIGHT_CORNER_WIDTH] = [34, 92];
/**
 * Height that the layout reserves for buttons below the lowest labels, in pixels. It is not needed if the buttons have
 * a row of their own.
 */
const RESERVED_HEIGHT = 16;

export interface Viewport {
  /** Height of the row of buttons; 0 if the buttons are in corners of the tree that are empty. */
  readonly buttonRowHeight: number;
  /** Height of the visible area, and height of the whole drawing. */
  readonly visibleHeight: number;
  readonly drawingHeight: number;
}

/**
 * Computes the viewport. If the tree scrolls or has labels in its corners, the buttons get a row of their own below the
 * tree.
 */
export function layoutViewport(
  layout: TreeLayout,
  { width, height }: { readonly width: number; readonly height: number },
): Viewport {
  const coversButtons = (rect: Rect): boolean =>
    rect.bottom > height - BUTTON_ROW_HEIGHT &&
    (rect.left < LEFT_CORNER_WIDTH || rect.right > width - RIGHT_CORNER_WIDTH);
  const buttonRowHeight = layout.height > height || labelRects(layout).some(coversButtons) ? BUTTON_ROW_HEIGHT : 0;
  const visibleHeight = height - buttonRowHeight;
  const drawingHeight = Math.max(visibleHeight, layout.height - (buttonRowHeight ? RESERVED_HEIGHT : 0));
  return { buttonRowHeight, visibleHeight, drawingHeight };
}

function labelRects({ positions, ghost }: TreeLayout): Rect[] {
  const labels = positions.flatMap(({ x, y, labels }) =>
    labels.map((label) => labelRect({ ...label, x: x + label.x, y: y + label.y })),
  );
  return ghost
    ? [
        ...labels,
        labelRect({ x: ghost.x, y: ghost.y + GHOST_LABEL_Y[ghost.side], text: ghost.label, anchor: ghost.anchor }),
      ]
    : labels;
}
