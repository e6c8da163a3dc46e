/** A brush in pixels of a layout ↔ one that means the same filters in any window. */
import type { Brush } from "../../../state/choice";
import type { TableLayout } from "./rows";
import type { ScoreScale } from "./scale";
import type { Rect } from "./tableData";

interface Place {
  readonly layout: Pick<TableLayout, "rowHeight">;
  readonly scale: Pick<ScoreScale, "left" | "start" | "right">;
}

/** What a brush covers in this layout, pixels. */
export function placeBrush({ layout, scale }: Place, { x, rows }: Brush): Rect {
  const toPixel = (share: number): number => scale.start + share * widthAt(scale, share);
  return [toPixel(x[0]), rows[0] * layout.rowHeight, toPixel(x[1]), rows[1] * layout.rowHeight];
}

/** Whole rows: where a bubble stands within its row means nothing, and changes with the window. */
export function measureBrush({ layout, scale }: Place, [x0, y0, x1, y1]: Rect): Brush {
  const toShare = (x: number): number => (x - scale.start) / widthAt(scale, x - scale.start);
  return { x: [toShare(x0), toShare(x1)], rows: [Math.floor(y0 / layout.rowHeight), Math.ceil(y1 / layout.rowHeight)] };
}

/** Left of the axis lies the lane for 0, whose width no window changes. */
const widthAt = ({ left, start, right }: Place["scale"], at: number): number => (at < 0 ? start - left : right - start);
