/** What the confusion matrix shows, and what it asks for. */
import type { Marked, Move, Order } from "../../state/changes/confusionCells";
import type { Cell } from "../../state/choice";
import type { MatrixLayout } from "./layout";

export interface MatrixData {
  readonly layout: MatrixLayout;
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
  /** How many samples are chosen in a cell, by "label-predicted"; null where none are, or one cell is. */
  readonly picked: ReadonlyMap<string, number> | null;
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
  onMove(order: Order, move: Move): void;
  onChooseMarked(what: Marked): void;
  /** The samples of a class. */
  onRow(label: number): void;
  /** The samples that were called a class. */
  onColumn(predicted: number): void;
}
