/** The brush by keys: Shift with an arrow draws it from the filter at the cursor to the next one of the layer. */
import { measureBrush } from "./brushPlace";
import { bubbleOf } from "./bubbles";
import { readKey } from "./keys";
import type { Rect, TableCallbacks, TableData } from "./tableData";

/** Pixels around the outermost bubbles. */
const MARGIN = 1;

/** Whether the key meant something. */
export function brushByKey(
  { key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">,
  data: TableData,
  callbacks: TableCallbacks,
): boolean {
  if (!shiftKey || (key !== "ArrowLeft" && key !== "ArrowRight")) return false;
  const next = readKey(key, data);
  if (next?.kind !== "filter") return true;
  callbacks.onHover(next.layer, next.unit);
  callbacks.onBrush(measureBrush(data, stretch(data, next.unit)));
  return true;
}

/** The end at the cursor moves to that filter, the other end stays; without a brush on the row it begins at the cursor. */
function stretch({ bubbles, layout, chosenLayer, chosenUnit, brush }: TableData, unit: number): Rect {
  const top = layout.rows[chosenLayer]!.y;
  const to = bubbles.x[bubbleOf(bubbles, chosenLayer, unit)]!;
  const at = bubbleOf(bubbles, chosenLayer, chosenUnit);
  const cursor = at < 0 ? to : bubbles.x[at]!;
  const isHere = brush !== null && brush[1] === top;
  const fixed = !isHere
    ? cursor
    : Math.abs(brush[0] + MARGIN - cursor) < Math.abs(brush[2] - MARGIN - cursor)
      ? brush[2] - MARGIN
      : brush[0] + MARGIN;
  return [Math.min(fixed, to) - MARGIN, top, Math.max(fixed, to) + MARGIN, top + layout.rowHeight];
}
