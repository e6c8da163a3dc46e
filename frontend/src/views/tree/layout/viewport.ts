/**
 * Computes which part of the tree's height is visible, and whether the buttons need a row of their own below the tree.
 */
import { labelRect, type Rect } from "../../../marks/labelLayout";
import { GHOST_LABEL_Y } from "./overlays";
import type { TreeLayout } from "./layout";

/** Height of the row of buttons, in pixels. */
const BUTTON_ROW_HEIGHT = 32;
/**
 * Width of the areas that buttons cover in the lower corners, in pixels: ‹ in the left corner, › and the zoom buttons
 * in the right one.
 */
const [LEFT_BUTTONS_WIDTH, RIGHT_BUTTONS_WIDTH] = [34, 92];
/**
 * Height below the lowest labels that is reserved for buttons in the corners, in pixels. It is not needed if the
 * buttons have a row of their own.
 */
const CORNER_BUTTONS_HEIGHT = 16;

export interface Viewport {
  /** Height of the row of buttons, in pixels; 0 if the buttons are in the corners of the tree instead. */
  readonly buttonRowHeight: number;
  /** Height of the visible part of the tree, in pixels. */
  readonly visibleHeight: number;
  /** Height of the whole drawing of the tree, in pixels. */
  readonly drawingHeight: number;
}

/**
 * Computes the viewport. The buttons get a row of their own below the tree if the tree scrolls, or if they would
 * otherwise cover labels in the corners.
 */
export function layoutViewport(
  layout: TreeLayout,
  { width, height }: { readonly width: number; readonly height: number },
): Viewport {
  const overlapsButtons = (rect: Rect): boolean =>
    rect.bottom > height - BUTTON_ROW_HEIGHT &&
    (rect.left < LEFT_BUTTONS_WIDTH || rect.right > width - RIGHT_BUTTONS_WIDTH);
  const buttonRowHeight = layout.height > height || labelRects(layout).some(overlapsButtons) ? BUTTON_ROW_HEIGHT : 0;
  const visibleHeight = height - buttonRowHeight;
  const drawingHeight = Math.max(visibleHeight, layout.height - (buttonRowHeight ? CORNER_BUTTONS_HEIGHT : 0));
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
