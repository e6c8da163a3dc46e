/** Moves the cursor and chooses samples in the confusion matrix. */
import { withChoice, withHover } from "./patches";
import { comparedSamples } from "../selectors/map";
import { noSampleChoice } from "./sampleChoice";
import type { Cell } from "../choice";
import type { Readout, State } from "../state";

/**
 * A step of the cursor in the confusion matrix: the number of rows down and of columns to the right, negative for up
 * and left.
 */
export type CellStep = readonly [number, number];

/** The cell under the pointer or the keyboard cursor, else the chosen cell. */
const focusedCell = ({ hover, choice }: State): Cell | null => hover.cell ?? choice.cell;

/** The classes that the confusion matrix shows as rows and as columns, in order. */
export interface ClassOrder {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/** What to choose at the focused cell: the cell, its whole row, or its whole column. */
export type CellTarget = "cell" | "row" | "column";

/**
 * Returns the cell that is one step from `cell` in the displayed order of classes. At the edge of the matrix, the step
 * is cut short. If `cell` is null, returns the first cell.
 */
export function adjacentCell({ rows, columns }: ClassOrder, cell: Cell | null, [rowStep, columnStep]: CellStep): Cell {
  if (cell === null) return { label: rows[0]!, predicted: columns[0]! };
  const step = (classes: readonly number[], fromClass: number, by: number): number =>
    classes[Math.max(0, Math.min(classes.length - 1, classes.indexOf(fromClass) + by))]!;
  return { label: step(rows, cell.label, rowStep), predicted: step(columns, cell.predicted, columnStep) };
}

export const moveCellCursor =
  (order: ClassOrder, step: CellStep, describe: (cell: Cell) => Readout) =>
  (state: State): State => {
    const cell = adjacentCell(order, focusedCell(state), step);
    return withHover(state, { cell, readout: describe(cell) });
  };

export const chooseFocusedCells =
  (part: CellTarget) =>
  (state: State): State => {
    const cell = focusedCell(state);
    if (!cell) return state;
    if (part === "row") return chooseLabel(cell.label)(state);
    return part === "column"
      ? choosePredictedClass(cell.predicted)(state)
      : withChoice(state, { ...noSampleChoice, cell });
  };

/** Chooses the samples whose true class is `label`; calling it again for the same class clears the choice. */
export const chooseLabel =
  (label: number | null) =>
  (state: State): State =>
    withChoice(state, { ...noSampleChoice, label: state.choice.label === label ? null : label });

/** Chooses the samples that are predicted as a class; calling it again for the same class clears the choice. */
export const choosePredictedClass =
  (predicted: number) =>
  (state: State): State => {
    const pickedSamples = (comparedSamples(state) ?? [])
      .filter((sample) => sample.predicted === predicted)
      .map(({ sample }) => sample)
      .sort((a, b) => a - b);
    const isChosen = state.choice.pickedSamples?.join() === pickedSamples.join();
    return withChoice(state, {
      ...noSampleChoice,
      pickedSamples: isChosen || pickedSamples.length === 0 ? null : pickedSamples,
    });
  };
