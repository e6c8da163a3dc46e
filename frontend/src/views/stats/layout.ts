/** Heights and scales of the four charts on the node axis. Numbers only. */
import { scaleLinear, type ScaleLinear } from "d3-scale";
import type { Cost } from "../../api/values";
import type { NodeStats } from "./nodeStats";

export interface Span {
  /** Baseline of the caption. */
  readonly caption: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Tick {
  readonly value: number;
  readonly y: number;
  readonly text: string;
}

export interface Scale {
  readonly toY: (value: number) => number;
  readonly ticks: readonly Tick[];
}

export interface Spans {
  readonly recoverability: Span;
  readonly loss: Span;
  readonly epochs: Span;
  readonly cost: Span;
  readonly axis: number;
}

/** Plot heights at the smallest; what is more is shared out in the same proportion. */
const PLOTS = [72, 37, 25, 52] as const;
/** Height of each caption, clear of the lowest tick above it; numbers stand on the bars of epochs and need a line more. */
const CAPTIONS = [24, 28, 38, 28] as const;
/** Baseline of a caption, from the plot above it. */
const BASELINES = [13, 17, 17, 17] as const;
const AXIS = 18;
const FIXED = CAPTIONS.reduce((sum, caption) => sum + caption, AXIS);
export const CHARTS_HEIGHT = PLOTS.reduce((sum, plot) => sum + plot, FIXED);

export function layoutSpans(height: number): Spans {
  const factor = Math.max(1, (height - FIXED) / (CHARTS_HEIGHT - FIXED));
  let y = 0;
  const [recoverability, loss, epochs, cost] = PLOTS.map((plot, index): Span => {
    const top = y + CAPTIONS[index]!;
    const span = { caption: y + BASELINES[index]!, top, bottom: top + plot * factor };
    y = span.bottom;
    return span;
  });
  return { recoverability: recoverability!, loss: loss!, epochs: epochs!, cost: cost!, axis: y + 14 };
}

/** Error is drawn by its logarithm, so that half a point at 93 % is seen; no error at all stands at the top. */
export function errorScale(stats: readonly NodeStats[], { top, bottom }: Span): Scale {
  const shares = stats
    .flatMap(({ low, high, best, needed }) => [low, high, best, needed])
    .filter((share) => share !== null);
  const images = Math.max(100, ...stats.map(({ node }) => node.images));
  const floor = 1 / (2 * images);
  const errors = shares.map((share) => Math.max(floor, 1 - share));
  const scale = scaleLinear()
    .domain([Math.log10(Math.min(0.1, ...errors) * 0.9), Math.log10(Math.max(0.3, ...errors))])
    .range([top, bottom])
    .clamp(true);
  const toY = (accuracy: number): number => scale(Math.log10(Math.max(floor, 1 - accuracy)));
  return { toY, ticks: spaced(ACCURACIES, toY, [top, bottom], (value) => `${Number((value * 100).toFixed(2))}`) };
}

const ACCURACIES = [
  0.9, 0.99, 0.5, 0.8, 0.98, 0.95, 0.999, 0.94, 0.96, 0.97, 0, 0.2, 0.6, 0.7, 0.995, 0.1, 0.4, 0.3, 0.85,
];
const TICK_GAP = 13;

/** The most telling values first, as many as find room. */
function spaced(
  values: readonly number[],
  toY: (value: number) => number,
  range: [number, number],
  text: (value: number) => string,
) {
  const ticks: Tick[] = [];
  for (const value of values) {
    const y = toY(value);
    const isInside = y >= range[0] - 1 && y <= range[1] + 1;
    if (isInside && ticks.every((tick) => Math.abs(tick.y - y) >= TICK_GAP))
      ticks.push({ value, y, text: text(value) });
  }
  return ticks;
}

export function lossScale(stats: readonly NodeStats[], span: Span): Scale {
  const losses = stats.flatMap(({ lossFirst, lossLast }) => [lossFirst, lossLast]).filter((loss) => loss !== null);
  return linearScale(Math.max(0.1, ...losses), span, 2);
}

/** The root's training may be ten times as long; then it is told in words and the others keep their height. */
export function epochScale(stats: readonly NodeStats[], span: Span): Scale & { readonly rootFits: boolean } {
  const long = ({ epochs, planned, isLive }: NodeStats): number => (isLive ? Math.max(epochs, planned ?? 0) : epochs);
  const others = Math.max(0, ...stats.filter(({ node }) => node.parent_id !== null).map(long));
  const root = Math.max(0, ...stats.filter(({ node }) => node.parent_id === null).map(long));
  const rootFits = others === 0 || root <= 3 * others;
  const { toY, ticks } = linearScale(Math.max(1, others, rootFits ? root : 0), span, 2);
  return { toY, ticks: ticks.filter(({ value }) => Number.isInteger(value)), rootFits };
}

export interface CostScales {
  readonly macs: Scale & Unit;
  readonly parameters: Scale & Unit;
}

export interface Unit {
  readonly factor: number;
  readonly unit: string;
}

export function costScales(stats: readonly NodeStats[], ghost: Cost | null, span: Span): CostScales {
  const costs = [...stats.map(({ node }) => node), ...(ghost ? [ghost] : [])];
  const scaleOf = (values: readonly (number | null)[]): Scale & Unit => {
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return { toY: () => span.bottom, ticks: [], factor: 1e6, unit: "millions" };
    const largest = Math.max(1, ...known);
    const unit = chooseUnit(largest);
    return { ...linearScale(largest, span, 2, unit.factor), ...unit };
  };
  return {
    macs: scaleOf(costs.map(({ macs }) => macs)),
    parameters: scaleOf(costs.map(({ parameters }) => parameters)),
  };
}

function chooseUnit(largest: number): Unit {
  if (largest >= 1e9) return { factor: 1e9, unit: "billions" };
  return largest >= 1e6 ? { factor: 1e6, unit: "millions" } : { factor: 1e3, unit: "thousands" };
}

/** Least distance of two ticks on a plain scale, pixels. */
const LINE = 11;

/** Every tick, or every second, third … from zero on, so that none stands on another. */
function thinTicks(ticks: readonly Tick[]): readonly Tick[] {
  const apart = Math.abs((ticks[0]?.y ?? 0) - (ticks[1]?.y ?? LINE));
  const every = Math.max(1, Math.ceil(LINE / Math.max(apart, 1)));
  return ticks.filter((_, index) => index % every === 0);
}

function linearScale(largest: number, { top, bottom }: Span, count: number, factor = 1): Scale {
  const scale: ScaleLinear<number, number> = scaleLinear()
    .domain([0, largest / factor])
    .nice(2 * count)
    .range([bottom, top]);
  const ticks = scale.ticks(count).map((value) => ({ value: value * factor, y: scale(value), text: String(value) }));
  return { toY: (value) => scale(value / factor), ticks: thinTicks(ticks) };
}
