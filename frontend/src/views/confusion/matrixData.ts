/** What the confusion matrix shows, and what it asks for. */
import type { Move } from "../../state/cells";
import type { Cell } from "../../state/choice";
import type { MatrixLayout } from "./layout";

export interface MatrixData {
  readonly layout: MatrixLayout;
  readonly classes: readonly string[];
  readonly chosen: Cell | null;
  readonly hovered: Cell | null;
  readonly isDark: boolean;
  readonly describe: (cell: Cell) => string;
}

export interface MatrixCallbacks {
  onChoose(cell: Cell | null): void;
  onHover(cell: Cell | null): void;
  onMove(order: readonly number[], move: Move): void;
  onChooseMarked(): void;
}
