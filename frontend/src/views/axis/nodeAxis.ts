/** The axis of node numbers that the tree and all statistics share. Numbers only. */

export interface AxisInput {
  readonly width: number;
  /** Places from number 0 on, the ghost's included. */
  readonly places: number;
  /** First number shown, as a person panned it; null: follow the chosen node. */
  readonly pan: number | null;
  readonly chosen: number;
  /** Magnification; below 1 more nodes fit. */
  readonly zoom?: number;
}

export interface NodeAxis {
  readonly width: number;
  readonly step: number;
  /** First and last number that is in view. */
  readonly first: number;
  readonly last: number;
  /** Furthest that `first` can go; 0 where all fit. */
  readonly furthest: number;
  readonly left: number;
  readonly right: number;
}

const LEFT = 52;
const RIGHT = 36;
const STEP_MIN = 24;
const STEP_MAX = 29;
const STEP_MAX_WIDE = 56;
const WIDE = 700;

export function layoutNodeAxis({ width, places, pan, chosen, zoom = 1 }: AxisInput): NodeAxis {
  const least = STEP_MIN * zoom;
  const room = Math.max(least, width - LEFT - RIGHT);
  const capacity = Math.floor(room / least) + 1;
  const shown = Math.max(1, Math.min(places, capacity));
  const largest = zoom * (width >= WIDE ? STEP_MAX_WIDE : STEP_MAX);
  const step = shown === 1 ? largest : Math.min(largest, room / (shown - 1));
  const furthest = Math.max(0, places - shown);
  const first = Math.max(0, Math.min(furthest, pan ?? followChosen(chosen, furthest, shown)));
  return { width, step, first, last: first + shown - 1, furthest, left: LEFT, right: LEFT + step * (shown - 1) };
}

/** The axis with the same columns on which all `places` are in view. */
export function wholeAxis(axis: NodeAxis, places: number): NodeAxis {
  const right = LEFT + axis.step * Math.max(0, places - 1);
  return {
    ...axis,
    width: Math.max(axis.width, right + RIGHT),
    first: 0,
    last: Math.max(0, places - 1),
    furthest: 0,
    right,
  };
}

/** The newest nodes as long as the chosen one is among them, else the chosen one in the middle. */
const followChosen = (chosen: number, furthest: number, shown: number): number =>
  chosen >= furthest ? furthest : chosen - Math.floor(shown / 2);

/** Centre of a number's column, pixels. */
export const toColumn = (axis: NodeAxis, number: number): number => axis.left + (number - axis.first) * axis.step;

export const isInView = (axis: NodeAxis, number: number): boolean => number >= axis.first && number <= axis.last;

/** Width of a bar that is `usual` pixels wide where the columns have room. */
export const barWidth = ({ step }: NodeAxis, usual: number): number => Math.max(2, Math.min(usual, 0.7 * step));

/** Room that a number on the axis needs, pixels. */
const NUMBER = 18;

/** Whether the axis names this number: every one where there is room, else every second, fifth, tenth … */
export function hasLabel({ step }: NodeAxis, number: number): boolean {
  const every = [1, 2, 5, 10, 20, 50, 100].find((one) => one * step >= NUMBER) ?? 200;
  return number % every === 0;
}

interface Special {
  readonly chosen: number | null;
  readonly ghost: number | null;
}

/** Numbers that the axis names: the chosen one, the draft's, and of the others those that find room beside them. */
export function chooseNumbers(
  axis: NodeAxis,
  numbers: readonly number[],
  { chosen, ghost }: Special,
): readonly number[] {
  const named: number[] = [];
  const name = (number: number): void => {
    if (isInView(axis, number) && named.every((one) => Math.abs(one - number) * axis.step >= NUMBER))
      named.push(number);
  };
  for (const number of [chosen, ghost]) if (number !== null) name(number);
  for (const number of numbers) if (hasLabel(axis, number)) name(number);
  return named;
}
