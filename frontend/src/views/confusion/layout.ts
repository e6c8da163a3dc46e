/** Order, size and content of the confusion matrix. Numbers and words only. */
import type { Confusion } from "../../api/values";
import { formatChange, formatShare } from "../../marks/format";
import type { Order } from "../../state/changes/confusionCells";
import type { Cell, ConfusionMode, ConfusionSort } from "../../state/choice";
import { orderClasses, rowSum } from "./order";

export interface MatrixInput {
  readonly confusion: Confusion;
  /** Classes shown; null: all. */
  readonly classes: readonly number[] | null;
  readonly mode: ConfusionMode;
  readonly sort: ConfusionSort;
  readonly width: number;
  readonly height: number;
}

export interface Square extends Cell {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly count: number;
  readonly isDiagonal: boolean;
  /** Strength of the fill 0-1; null: no fill. */
  readonly share: number | null;
  readonly isLess: boolean;
  readonly text: string;
  readonly type: Type;
}

/** How a text is set. */
export interface Type {
  /** Of the letters, pixels. */
  readonly size: number;
  /** Pixels that the text is pressed into; null where it stands free. */
  readonly pressed: number | null;
}

export interface MatrixLayout extends Order {
  readonly cell: { readonly width: number; readonly height: number };
  readonly side: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly squares: readonly Square[];
  /** Every n-th label is written. */
  readonly labelStep: { readonly rows: number; readonly columns: number };
  /** Value at the end of the colour scale. */
  readonly most: number;
  /** The largest value that stands beside the diagonal; 0 where there is none. */
  readonly largest: number;
  readonly mode: ConfusionMode;
}

const SIDE = 66;
const TOP = 18;
const CELL_MIN = 7;
const CELL_MAX = { width: 44, height: 40 } as const;
const TEXT_MIN = { width: 17, height: 12 } as const;
/** The scale ends here at least, so that a lone error does not look like a disaster. */
const SCALE_MIN = { count: 5, row: 0.05, delta: 5 } as const;
/** Pixels of the usual letters and of the smallest; width of a digit or small letter for each of them. */
const TYPE = { usual: 11, least: 8, digit: 0.57 } as const;
/** Left free around a text, so that it touches neither its neighbour nor the edge of its cell. */
const FREE = 3;
const LABEL_GAP = { rows: 12, columns: 18 } as const;

export function layoutMatrix(input: MatrixInput): MatrixLayout {
  const { confusion, mode, width, height } = input;
  const order = orderClasses(input);
  const { rows, columns } = order;
  const cell = {
    width: fit((width - SIDE) / columns.length, CELL_MAX.width),
    height: fit((height - TOP) / rows.length, CELL_MAX.height),
  };
  const largest = Math.max(
    0,
    ...rows.flatMap((label) =>
      columns.filter((other) => other !== label).map((other) => valueOf(confusion, mode, label, other)),
    ),
  );
  const most = Math.max(SCALE_MIN[mode], largest);
  return {
    ...order,
    cell,
    side: SIDE,
    top: TOP,
    width: cell.width * columns.length,
    height: cell.height * rows.length,
    squares: layoutSquares(confusion, mode, order, { cell, most }),
    labelStep: { rows: Math.ceil(LABEL_GAP.rows / cell.height), columns: Math.ceil(LABEL_GAP.columns / cell.width) },
    most,
    largest,
    mode,
  };
}

function layoutSquares(
  confusion: Confusion,
  mode: ConfusionMode,
  { rows, columns }: Order,
  { cell, most }: Pick<MatrixLayout, "cell" | "most">,
): Square[] {
  const hasText = cell.width >= TEXT_MIN.width && cell.height >= TEXT_MIN.height;
  const all = rows.flatMap((label, row) =>
    columns.map((predicted, column) => {
      const square = makeSquare(confusion, mode, { label, predicted }, most);
      const text = hasText ? square.text : "";
      return { ...square, x: column * cell.width, y: row * cell.height, text, type: fitType(text.length, cell.width) };
    }),
  );
  return all.filter(isWorthDrawing);
}

/** Smaller letters where so many do not fit side by side, and pressed together where that is not enough. */
export function fitType(letters: number, width: number): Type {
  const room = width - FREE;
  const size = Math.max(TYPE.least, Math.min(TYPE.usual, room / (Math.max(1, letters) * TYPE.digit)));
  return { size, pressed: letters * TYPE.digit * size > room + 0.1 ? room : null };
}

const fit = (size: number, most: number): number => Math.max(CELL_MIN, Math.min(most, size));

/** Empty cells are the ground; with a hundred classes they are nearly all. */
const isWorthDrawing = ({ share, isDiagonal, isLess }: Square): boolean => share !== null || isDiagonal || isLess;

/** What the mode shows of a cell: images, share of the row, or images more than in the parent. */
function valueOf(
  { counts, parent_counts: before }: Confusion,
  mode: ConfusionMode,
  label: number,
  predicted: number,
): number {
  const count = counts[label]![predicted]!;
  if (mode === "count") return count;
  if (mode === "row") return count / Math.max(1, rowSum(counts, label));
  return before === null ? 0 : count - before[label]![predicted]!;
}

function makeSquare(confusion: Confusion, mode: ConfusionMode, cell: Cell, most: number) {
  const value = valueOf(confusion, mode, cell.label, cell.predicted);
  const isDiagonal = cell.label === cell.predicted;
  return {
    ...cell,
    key: `${cell.label}-${cell.predicted}`,
    count: confusion.counts[cell.label]![cell.predicted]!,
    isDiagonal,
    isLess: !isDiagonal && value < 0,
    share: isDiagonal || value <= 0 ? null : value / most,
    text: isDiagonal ? diagonalText(confusion, mode, cell.label) : cellText(mode, value),
  };
}

/** A 1 is coloured, not printed. */
function cellText(mode: ConfusionMode, value: number): string {
  if (mode === "row") return value >= 0.01 ? formatShare(value, 0) : "";
  if (mode === "delta") return value === 0 ? "" : `${value > 0 ? "+" : "−"}${Math.abs(value)}`;
  return value > 1 ? String(value) : "";
}

/** Percent right; against the parent, its change in points. */
function diagonalText({ counts, parent_counts: before }: Confusion, mode: ConfusionMode, label: number): string {
  const right = counts[label]![label]! / Math.max(1, rowSum(counts, label));
  if (mode !== "delta" || before === null) return formatShare(right, 0);
  const change = formatChange(right - before[label]![label]! / Math.max(1, rowSum(before, label)), 0);
  return change.replace("%", "");
}

/** Three letters, or more of the name where there is room. */
export const abbreviate = (name: string, width: number): string => name.slice(0, Math.max(1, Math.floor(width / 6.5)));

/** How many letters all names begin with: “class_07” of a hundred such is told by its end. 0 where a name would vanish. */
export function commonStart(names: readonly string[]): number {
  const first = names[0] ?? "";
  let length = 0;
  while (length < first.length && names.every((name) => name[length] === first[length])) length += 1;
  return names.length < 2 || names.some((name) => name.length === length) ? 0 : length;
}

interface Named {
  readonly label: number;
  /** Its place in the order. */
  readonly index: number;
  readonly isMarked: boolean;
}

/** Every n-th class is written, and the marked one in the place of those that it would lie on. */
export function listNamed(order: readonly number[], step: number, marked: number | undefined): readonly Named[] {
  const at = marked === undefined ? -1 : order.indexOf(marked);
  const isFree = (index: number): boolean => index % step === 0 && (at < 0 || Math.abs(index - at) >= step);
  return order
    .map((label, index) => ({ label, index, isMarked: index === at }))
    .filter(({ index, isMarked }) => isMarked || isFree(index));
}
