/** Lays out the horizontal axis of node numbers that the tree and the charts of Statistics share. */

export interface NodeAxisInput {
  readonly width: number;
  /**
   * Number of columns: one for each node number from 0 to the number of the last node and, if there is a draft, one for
   * the node that the draft would create.
   */
  readonly columnCount: number;
  /** Number of the first visible node, if the user has panned; null if the axis follows the chosen node. */
  readonly pan: number | null;
  readonly chosen: number;
  /** Zoom factor; values below 1 make columns narrower, so that more nodes fit. */
  readonly zoom?: number;
}

export interface NodeAxis {
  readonly width: number;
  /** Width of a column, in pixels. */
  readonly step: number;
  /** Number of the first visible node. */
  readonly first: number;
  /** Number of the last visible node. */
  readonly last: number;
  /** Largest possible value of `first`; 0 if all nodes fit. */
  readonly maxFirstNumber: number;
  /** Centre of the first visible column, in pixels. */
  readonly left: number;
  /** Centre of the last visible column, in pixels. */
  readonly right: number;
}

const LEFT_MARGIN = 52;
const RIGHT_MARGIN = 36;
const MIN_COLUMN_WIDTH = 24;
const MAX_COLUMN_WIDTH = 29;
const MAX_COLUMN_WIDTH_ON_WIDE_AXIS = 56;
const MIN_WIDE_AXIS_WIDTH = 700;

export function layoutNodeAxis({ width, columnCount, pan, chosen, zoom = 1 }: NodeAxisInput): NodeAxis {
  const minColumnWidth = MIN_COLUMN_WIDTH * zoom;
  const room = Math.max(minColumnWidth, width - LEFT_MARGIN - RIGHT_MARGIN);
  const maxColumns = Math.floor(room / minColumnWidth) + 1;
  const shownCount = Math.max(1, Math.min(columnCount, maxColumns));
  const maxColumnWidth = zoom * (width >= MIN_WIDE_AXIS_WIDTH ? MAX_COLUMN_WIDTH_ON_WIDE_AXIS : MAX_COLUMN_WIDTH);
  const step = shownCount === 1 ? maxColumnWidth : Math.min(maxColumnWidth, room / (shownCount - 1));
  const maxFirstNumber = Math.max(0, columnCount - shownCount);
  const first = Math.max(0, Math.min(maxFirstNumber, pan ?? firstVisibleNumber(chosen, maxFirstNumber, shownCount)));
  return {
    width,
    step,
    first,
    last: first + shownCount - 1,
    maxFirstNumber,
    left: LEFT_MARGIN,
    right: LEFT_MARGIN + step * (shownCount - 1),
  };
}

/** Returns the axis extended to show all columns, without changing their width. */
export function extendAxisToAllNodes(axis: NodeAxis, columnCount: number): NodeAxis {
  const right = LEFT_MARGIN + axis.step * Math.max(0, columnCount - 1);
  return {
    ...axis,
    width: Math.max(axis.width, right + RIGHT_MARGIN),
    first: 0,
    last: Math.max(0, columnCount - 1),
    maxFirstNumber: 0,
    right,
  };
}

/**
 * Returns the number of the first visible node. The chosen node is centred or, if it is among the newest nodes, the
 * newest nodes are shown.
 */
const firstVisibleNumber = (chosen: number, maxFirstNumber: number, shownCount: number): number =>
  chosen >= maxFirstNumber ? maxFirstNumber : chosen - Math.floor(shownCount / 2);

/** Returns the centre of a node's column, in pixels. */
export const columnX = (axis: NodeAxis, number: number): number => axis.left + (number - axis.first) * axis.step;

export const isNumberInView = (axis: NodeAxis, number: number): boolean => number >= axis.first && number <= axis.last;

/** Returns the width of a bar, in pixels: the usual width, or less if the columns are narrow. */
export const barWidth = ({ step }: NodeAxis, usualWidth: number): number =>
  Math.max(2, Math.min(usualWidth, 0.7 * step));

/** Width reserved for each node number on the axis, in pixels. */
const LABEL_WIDTH = 18;

/**
 * Whether the axis may label this node number. If there is little room, only every second, fifth, tenth … number is
 * labelled.
 */
export function mayLabelNumber({ step }: NodeAxis, number: number): boolean {
  const interval = [1, 2, 5, 10, 20, 50, 100].find((interval) => interval * step >= LABEL_WIDTH) ?? 200;
  return number % interval === 0;
}

interface AlwaysLabelledNumbers {
  readonly chosen: number | null;
  readonly ghost: number | null;
}

/**
 * Returns the node numbers that are labelled on the axis: the number of the chosen node, the number of the draft's
 * node, and as many other node numbers as fit.
 */
export function chooseLabelledNumbers(
  axis: NodeAxis,
  numbers: readonly number[],
  { chosen, ghost }: AlwaysLabelledNumbers,
): readonly number[] {
  const labelledNumbers: number[] = [];
  const labelNumberIfItFits = (number: number): void => {
    if (
      isNumberInView(axis, number) &&
      labelledNumbers.every((other) => Math.abs(other - number) * axis.step >= LABEL_WIDTH)
    )
      labelledNumbers.push(number);
  };
  for (const number of [chosen, ghost]) if (number !== null) labelNumberIfItFits(number);
  for (const number of numbers) if (mayLabelNumber(axis, number)) labelNumberIfItFits(number);
  return labelledNumbers;
}
