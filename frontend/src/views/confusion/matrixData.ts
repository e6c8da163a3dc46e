/** Data and callbacks of the confusion matrix. */
import type { CellTarget, CellStep, ClassOrder } from "../../state/changes/confusionCells";
import type { Cell } from "../../state/choice";
import type { MatrixLayout } from "./layout";

export interface MatrixData {
  readonly layout: MatrixLayout;
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
  /**
   * Number of chosen samples in each cell, by "label-predicted". Null if no samples are chosen, or if a single cell is
   * chosen.
   */
  readonly chosenSampleCounts: ReadonlyMap<string, number> | null;
  /** The class whose samples are chosen; null if none is. */
  readonly label: number | null;
  readonly chosen: Cell | null;
  readonly hovered: Cell | null;
  readonly isDark: boolean;
  readonly describe: (cell: Cell) => string;
}

export interface MatrixCallbacks {
  onChoose(cell: Cell | null): void;
  onHover(cell: Cell | null): void;
  onMoveCursor(order: ClassOrder, step: CellStep): void;
  onChooseFocusedCell(target: CellTarget): void;
  /** Called to choose all samples whose true class is `label`. */
  onChooseRow(label: number): void;
  /** Called to choose all samples that are predicted as the class `predicted`. */
  onChooseColumn(predicted: number): void;
}
