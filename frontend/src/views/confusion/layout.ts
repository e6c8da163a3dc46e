/** Computes the layout of the confusion matrix without drawing it: order, size and content of its cells. */
import type { Confusion } from "../../api/values";
import { formatRelativeChange, formatShare } from "../../marks/format";
import type { ClassOrder } from "../../state/changes/confusionCells";
import type { Cell, ConfusionMatrixMode, ConfusionMatrixSort } from "../../state/choice";
import { orderClasses, rowSum } from "./order";

export interface MatrixInput {
  readonly confusion: Confusion;
  /** Indices of the classes shown; null if all are shown. */
  readonly classes: readonly number[] | null;
  readonly mode: ConfusionMatrixMode;
  readonly sort: ConfusionMatrixSort;
  readonly width: number;
  readonly height: number;
}

export interface MatrixSquare extends Cell {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly count: number;
  readonly isDiagonal: boolean;
  /** Position of the fill on the colour scale, 0–1; null for a cell without fill. */
  readonly share: number | null;
  readonly isDecrease: boolean;
  readonly text: string;
  readonly fit: TextFit;
}

/**
 * How a text is fitted into its cell: in a smaller font and, if it does not fit even at the minimum size, squeezed
 * horizontally.
 */
export interface TextFit {
  /** Font size, in pixels. */
  readonly size: number;
  /** Width to which the text is squeezed, in pixels; null if it fits without squeezing. */
  readonly textLength: number | null;
}

export interface MatrixLayout extends ClassOrder {
  readonly cell: { readonly width: number; readonly height: number };
  readonly rowLabelWidth: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly squares: readonly MatrixSquare[];
  /** Only every `rows`-th row and every `columns`-th column is labelled with its class. */
  readonly labelInterval: { readonly rows: number; readonly columns: number };
  /** The value that has the darkest colour of the scale. */
  readonly colorScaleMax: number;
  /** The largest value in the cells off the diagonal; 0 if all of them are empty. */
  readonly maxOffDiagonal: number;
  readonly mode: ConfusionMatrixMode;
}

const ROW_LABEL_WIDTH = 66;
const TOP = 28;
const MIN_CELL_SIZE = 7;
const MAX_CELL_SIZE = { width: 44, height: 40 } as const;
const MIN_TEXT_CELL_SIZE = { width: 17, height: 12 } as const;
/** Smallest `colorScaleMax` in each mode, so that a single error is not drawn in the darkest colour. */
const MIN_COLOR_SCALE_MAX = { count: 5, row: 0.05, delta: 5 } as const;
/** Normal and minimum font size, in pixels, and width of a digit as a fraction of the font size. */
const FONT_SIZES = { usual: 11, least: 8, digit: 0.57 } as const;
/** Minimum space between a text and the edge of its cell, in pixels. */
const PADDING = 3;
const MIN_LABEL_DISTANCE = { rows: 12, columns: 18 } as const;

export function layoutMatrix(input: MatrixInput): MatrixLayout {
  const { confusion, mode, width, height } = input;
  const order = orderClasses(input);
  const { rows, columns } = order;
  const cell = {
    width: clampCellSize((width - ROW_LABEL_WIDTH) / columns.length, MAX_CELL_SIZE.width),
    height: clampCellSize((height - TOP) / rows.length, MAX_CELL_SIZE.height),
  };
  const maxOffDiagonal = Math.max(
    0,
    ...rows.flatMap((label) =>
      columns.filter((other) => other !== label).map((other) => cellValue(confusion, mode, label, other)),
    ),
  );
  const colorScaleMax = Math.max(MIN_COLOR_SCALE_MAX[mode], maxOffDiagonal);
  return {
    ...order,
    cell,
    rowLabelWidth: ROW_LABEL_WIDTH,
    top: TOP,
    width: cell.width * columns.length,
    height: cell.height * rows.length,
    squares: layoutSquares(confusion, mode, order, { cell, colorScaleMax }),
    labelInterval: {
      rows: Math.ceil(MIN_LABEL_DISTANCE.rows / cell.height),
      columns: Math.ceil(MIN_LABEL_DISTANCE.columns / cell.width),
    },
    colorScaleMax,
    maxOffDiagonal,
    mode,
  };
}

function layoutSquares(
  confusion: Confusion,
  mode: ConfusionMatrixMode,
  { rows, columns }: ClassOrder,
  { cell, colorScaleMax }: Pick<MatrixLayout, "cell" | "colorScaleMax">,
): MatrixSquare[] {
  const hasText = cell.width >= MIN_TEXT_CELL_SIZE.width && cell.height >= MIN_TEXT_CELL_SIZE.height;
  const squares = rows.flatMap((label, row) =>
    columns.map((predicted, column) => {
      const square = buildSquare(confusion, mode, { label, predicted }, colorScaleMax);
      const text = hasText ? square.text : "";
      return {
        ...square,
        x: column * cell.width,
        y: row * cell.height,
        text,
        fit: fitFontSize(text.length, cell.width),
      };
    }),
  );
  return squares.filter(isVisible);
}

/**
 * Fits a text into a width: reduces the font size until the text fits or the minimum size is reached, then squeezes the
 * text if necessary.
 */
export function fitFontSize(letterCount: number, width: number): TextFit {
  const availableWidth = width - PADDING;
  const size = Math.max(
    FONT_SIZES.least,
    Math.min(FONT_SIZES.usual, availableWidth / (Math.max(1, letterCount) * FONT_SIZES.digit)),
  );
  return { size, textLength: letterCount * FONT_SIZES.digit * size > availableWidth + 0.1 ? availableWidth : null };
}

const clampCellSize = (size: number, max: number): number => Math.max(MIN_CELL_SIZE, Math.min(max, size));

/** Whether a cell is drawn. Empty cells are not drawn, since with a hundred classes nearly all cells are empty. */
const isVisible = ({ share, isDiagonal, isDecrease }: MatrixSquare): boolean =>
  share !== null || isDiagonal || isDecrease;

/**
 * Returns the value of a cell in the given mode: the number of images in the cell, their share of the images in the
 * row, or the change in their number from the parent.
 */
function cellValue(
  { counts, parent_counts: before }: Confusion,
  mode: ConfusionMatrixMode,
  label: number,
  predicted: number,
): number {
  const count = counts[label]![predicted]!;
  if (mode === "count") return count;
  if (mode === "row") return count / Math.max(1, rowSum(counts, label));
  return before === null ? 0 : count - before[label]![predicted]!;
}

function buildSquare(confusion: Confusion, mode: ConfusionMatrixMode, cell: Cell, colorScaleMax: number) {
  const value = cellValue(confusion, mode, cell.label, cell.predicted);
  const isDiagonal = cell.label === cell.predicted;
  return {
    ...cell,
    key: `${cell.label}-${cell.predicted}`,
    count: confusion.counts[cell.label]![cell.predicted]!,
    isDiagonal,
    isDecrease: !isDiagonal && value < 0,
    share: isDiagonal || value <= 0 ? null : value / colorScaleMax,
    text: isDiagonal ? formatDiagonalValue(confusion, mode, cell.label) : formatCellValue(mode, value),
  };
}

/** Formats the value of a cell. A count of 1 and a share below 1% are shown by colour only, so their text is empty. */
function formatCellValue(mode: ConfusionMatrixMode, value: number): string {
  if (mode === "row") return value >= 0.01 ? formatShare(value, 0) : "";
  if (mode === "delta") return value === 0 ? "" : `${value > 0 ? "+" : "−"}${Math.abs(value)}`;
  return value > 1 ? String(value) : "";
}

/**
 * Formats the value of a cell on the diagonal: the percentage of the class's images that are predicted correctly or, in
 * mode `delta`, how much this percentage has changed from the parent, in percentage points.
 */
function formatDiagonalValue(
  { counts, parent_counts: before }: Confusion,
  mode: ConfusionMatrixMode,
  label: number,
): string {
  const correct = counts[label]![label]! / Math.max(1, rowSum(counts, label));
  if (mode !== "delta" || before === null) return formatShare(correct, 0);
  const change = formatRelativeChange(correct - before[label]![label]! / Math.max(1, rowSum(before, label)), 0);
  return change.replace("%", "");
}

/** Cuts a name off after the last letter that fits the width. */
export const cutNameToWidth = (name: string, width: number): string =>
  name.slice(0, Math.max(1, Math.floor(width / 6.5)));

/**
 * Returns the length of the prefix that all class names share, such as “class_”, so that labels can omit it; 0 if
 * omitting it would leave a name empty.
 */
export function commonPrefixLength(names: readonly string[]): number {
  const first = names[0] ?? "";
  let length = 0;
  while (length < first.length && names.every((name) => name[length] === first[length])) length += 1;
  return names.length < 2 || names.some((name) => name.length === length) ? 0 : length;
}

interface LabelledClass {
  readonly label: number;
  /** Position of the class in the order of the rows or columns. */
  readonly index: number;
  readonly isHighlighted: boolean;
}

/**
 * Lists the classes to label: every `step`-th class and the highlighted class. Omits labels that would be too close to
 * the label of the highlighted class.
 */
export function listLabelledClasses(
  order: readonly number[],
  step: number,
  highlightedClass: number | undefined,
): readonly LabelledClass[] {
  const at = highlightedClass === undefined ? -1 : order.indexOf(highlightedClass);
  const isAtLabelInterval = (index: number): boolean => index % step === 0 && (at < 0 || Math.abs(index - at) >= step);
  return order
    .map((label, index) => ({ label, index, isHighlighted: index === at }))
    .filter(({ index, isHighlighted }) => isHighlighted || isAtLabelInterval(index));
}
