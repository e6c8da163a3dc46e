/** Moving over the cells of the confusion matrix. */
import { withChoice, withHover } from "./patches";
import { noPick } from "./picks";
import type { Cell } from "./choice";
import type { Readout, State } from "./state";

/** Rows down and columns to the right. */
export type Move = readonly [number, number];

/** The cell that pointer or keys are on, else the chosen one. */
export const markedCell = ({ hover, choice }: State): Cell | null => hover.cell ?? choice.cell;

/** The neighbour in this order of classes; at the edge the cell itself, from nowhere the first. */
export function stepCell(order: readonly number[], at: Cell | null, [down, right]: Move): Cell {
  if (at === null) return { label: order[0]!, predicted: order[0]! };
  const clamp = (index: number): number => Math.max(0, Math.min(order.length - 1, index));
  const row = clamp(order.indexOf(at.label) + down);
  const column = clamp(order.indexOf(at.predicted) + right);
  return { label: order[row]!, predicted: order[column]! };
}

export const moveCell =
  (order: readonly number[], move: Move, describe: (cell: Cell) => Readout) =>
  (state: State): State => {
    const cell = stepCell(order, markedCell(state), move);
    return withHover(state, { cell, readout: describe(cell) });
  };

export const chooseMarkedCell = (state: State): State => {
  const cell = markedCell(state);
  return cell ? withChoice(state, { ...noPick, cell }) : state;
};
