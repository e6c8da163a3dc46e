/** Data and callbacks of the confusion matrix. */
import type { CellTarget, CellStep, ClassOrder } from "../../state/changes/confusionCells";
import type { Cell } from "../../state/choice";
import type { MatrixLayout } from "./layout";

export interface MatrixData {
  readonly layout: MatrixLayout;
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
  /**
   * Number of chosen samples per cell, by "label-predicted"; null if no samples are chosen, or if exactly one cell is
   * chosen.
   */
  readonly chosenCounts: ReadonlyMap<string, number> | null;
  /** Class whose samples are chosen. */
  readonly label: number | null;
  readonly chosen: Cell | null;
  readonly hovered: Cell | null;
  readonly isDark: boolean;
  readonly describe: (cell: Cell) => string;
}

export interface MatrixCallbacks {
  onChoose(cell: Cell | null): void;
  onHover(cell: Cell | null): void;
  onMove(order: ClassOrder, move: CellStep): void;
  onChooseFocused(target: CellTarget): void;
  /** Chooses the samples of a class. */
  onChooseRow(label: number): void;
  /** Chooses the samples that are predicted as a class. */
  onChooseColumn(predicted: number): void;
}
