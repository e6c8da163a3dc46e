/** The filters of a layer by their original number as a bar code: kept from below, removed from above. */
import type { Pen } from "../../../marks/pen";
import type { Picture } from "./picture";

const PAD = 3;

export interface Code {
  readonly kept: Float32Array;
  readonly removed: Float32Array;
}

/** Share of each pixel column's numbers that is kept and removed, 0-1; gone filters leave gaps. */
export function layoutCode(picture: Pick<Picture, "structure" | "states">, layer: number, columns: number): Code {
  const original = picture.structure.source.layers[layer]!.original_filters;
  const code = { kept: new Float32Array(columns), removed: new Float32Array(columns) };
  const perColumn = new Uint16Array(columns);
  for (let number = 0; number < original; number++) eachColumn(number, original, columns, (i) => perColumn[i]!++);
  for (const [number, u] of picture.structure.unitAt[layer]!) {
    const column = picture.states.removed[u] ? code.removed : code.kept;
    eachColumn(number, original, columns, (i) => (column[i]! += 1 / perColumn[i]!));
  }
  return code;
}

/** The pixel columns that a number stands on; wide bars are told apart by a gap. */
function eachColumn(number: number, original: number, columns: number, visit: (column: number) => void): void {
  const from = Math.floor((number / original) * columns);
  const gap = original * 3 < columns ? 1 : 0;
  const to = Math.max(from + 1, Math.floor(((number + 1) / original) * columns) - gap);
  for (let i = from; i < Math.min(to, columns); i++) visit(i);
}

export function paintCode(context: Pen, picture: Picture, layer: number): void {
  const { layout, palette } = picture;
  const row = layout.rows[layer]!;
  if (!row.isCuttable) return;
  const [x, width] = [layout.code[0], Math.floor(layout.code[1])];
  const [y, height] = [row.y + PAD, layout.rowHeight - 2 * PAD];
  context.fillStyle = palette.well;
  context.fillRect(x, y, width, height);
  const { kept, removed } = layoutCode(picture, layer, width);
  context.fillStyle = palette.mark2;
  kept.forEach((share, i) => share && context.fillRect(x + i, y + height * (1 - share), 1, height * share));
  context.fillStyle = palette.remove;
  removed.forEach((share, i) => share && context.fillRect(x + i, y, 1, Math.max(2, height * share)));
}
