/**
 * Keys of the layer table: Up and Down change the layer, Left and Right the filter; Space removes or keeps the filter,
 * L locks the layer.
 */
import type { Structure } from "../../../planning/structure";
import type { Bubbles } from "./bubbles";

export type TableCommand =
  | { readonly kind: "layer"; readonly layer: number }
  | { readonly kind: "filter"; readonly layer: number; readonly unit: number }
  | { readonly kind: "toggle"; readonly unit: number }
  | { readonly kind: "lock"; readonly layer: number }
  | { readonly kind: "clear" };

export interface TableCursor {
  readonly structure: Structure;
  readonly bubbles: Bubbles;
  readonly chosenLayer: number;
  readonly cursorUnit: number;
}

/** Returns the command for a key that was pressed in the table, or null if the key has no function there. */
export function commandForKey(key: string, cursor: TableCursor): TableCommand | null {
  const { chosenLayer: layer, cursorUnit: unit } = cursor;
  if (key === "ArrowDown" || key === "ArrowUp")
    return { kind: "layer", layer: adjacentLayerIndex(cursor, key === "ArrowDown" ? 1 : -1) };
  if (key === "ArrowRight" || key === "ArrowLeft") return adjacentFilterCommand(cursor, key === "ArrowRight" ? 1 : -1);
  if (key === " " || key === "Enter") return unit >= 0 ? { kind: "toggle", unit } : null;
  if (key === "l" && layer >= 0) return { kind: "lock", layer };
  return key === "Escape" ? { kind: "clear" } : null;
}

export function adjacentLayerIndex(
  { structure, chosenLayer }: Pick<TableCursor, "structure" | "chosenLayer">,
  by: number,
): number {
  return Math.min(structure.source.layers.length - 1, Math.max(0, chosenLayer + by));
}

/**
 * Returns the command that moves the cursor along the score axis to the layer's next or previous bubble. If the cursor
 * is on no bubble of the layer, it goes to the first or last one.
 */
function adjacentFilterCommand({ bubbles, chosenLayer, cursorUnit }: TableCursor, by: number): TableCommand | null {
  const [from, to] = [bubbles.start[chosenLayer] ?? 0, bubbles.start[chosenLayer + 1] ?? 0];
  const orderedBubbles = Array.from({ length: to - from }, (_, k) => from + k).sort(
    (a, b) => bubbles.x[a]! - bubbles.x[b]! || bubbles.number[a]! - bubbles.number[b]!,
  );
  const at = orderedBubbles.findIndex((b) => bubbles.unit[b] === cursorUnit);
  const next =
    at < 0 ? (by > 0 ? 0 : orderedBubbles.length - 1) : Math.min(orderedBubbles.length - 1, Math.max(0, at + by));
  const b = orderedBubbles[next];
  return b === undefined ? null : { kind: "filter", layer: chosenLayer, unit: bubbles.unit[b]! };
}
