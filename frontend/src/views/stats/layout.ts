/** Computes the vertical positions of the stacked charts of Statistics. */
import type { VerticalSpan, StatsChart } from "./chart";

/** Height of a chart's caption, in pixels, including the gap to the chart above. */
const CAPTION_HEIGHT = 28;
/** Position of the caption's baseline within CAPTION_HEIGHT, in pixels. */
const CAPTION_BASELINE = 17;
/** Pixels by which the first caption is less high than the others, because it needs no gap above it. */
const FIRST_CAPTION_UNUSED_HEIGHT = 4;
/** Height of the row with the node numbers, in pixels. */
const AXIS_HEIGHT = 18;
/** Position of the baseline of the node numbers within AXIS_HEIGHT, in pixels. */
const AXIS_BASELINE = 14;

type ChartHeights = Pick<StatsChart, "height" | "headroom">;

export interface ChartPosition<C extends ChartHeights = StatsChart> {
  readonly chart: C;
  readonly span: VerticalSpan;
}

export interface ChartsLayout<C extends ChartHeights> {
  readonly positions: readonly ChartPosition<C>[];
  /** Y of the baseline of the node numbers, in pixels. */
  readonly nodeNumbersY: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const sumPlotHeights = (charts: readonly ChartHeights[]): number => sum(charts.map(({ height }) => height));
const sumCaptionHeights = (charts: readonly ChartHeights[]): number =>
  sum(charts.map(({ headroom = 0 }) => CAPTION_HEIGHT + headroom)) - FIRST_CAPTION_UNUSED_HEIGHT;

/** Returns the total height of the charts if every plot has its minimum height, in pixels. */
export const minChartsHeight = (charts: readonly ChartHeights[]): number =>
  sumCaptionHeights(charts) + sumPlotHeights(charts) + AXIS_HEIGHT;

export function layoutCharts<C extends ChartHeights>(charts: readonly C[], height: number): ChartsLayout<C> {
  const factor = Math.max(1, (height - sumCaptionHeights(charts) - AXIS_HEIGHT) / sumPlotHeights(charts));
  let y = -FIRST_CAPTION_UNUSED_HEIGHT;
  const positions = charts.map((chart): ChartPosition<C> => {
    const top = y + CAPTION_HEIGHT + (chart.headroom ?? 0);
    const span = { caption: y + CAPTION_BASELINE, top, bottom: top + chart.height * factor };
    y = span.bottom;
    return { chart, span };
  });
  return { positions, nodeNumbersY: y + AXIS_BASELINE };
}
