/** Computes the positions of the stacked charts. */
import type { VerticalSpan, StatsChart } from "./chart";

/** Height of a caption, including the gap to the chart above it, and position of the baseline within that height. */
const CAPTION_HEIGHT = 28;
const CAPTION_BASELINE = 17;
/** The first caption is lower by this height, since it needs no gap above it. */
const FIRST_CAPTION_CUT = 4;
/** Height of the row with the node numbers, and position of the baseline within that height. */
const AXIS_HEIGHT = 18;
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
  sum(charts.map(({ headroom = 0 }) => CAPTION_HEIGHT + headroom)) - FIRST_CAPTION_CUT;

/** Returns the total height when every plot has its minimum height. */
export const minChartsHeight = (charts: readonly ChartHeights[]): number =>
  sumCaptionHeights(charts) + sumPlotHeights(charts) + AXIS_HEIGHT;

export function layoutCharts<C extends ChartHeights>(charts: readonly C[], height: number): ChartsLayout<C> {
  const factor = Math.max(1, (height - sumCaptionHeights(charts) - AXIS_HEIGHT) / sumPlotHeights(charts));
  let y = -FIRST_CAPTION_CUT;
  const positions = charts.map((chart): ChartPosition<C> => {
    const top = y + CAPTION_HEIGHT + (chart.headroom ?? 0);
    const span = { caption: y + CAPTION_BASELINE, top, bottom: top + chart.height * factor };
    y = span.bottom;
    return { chart, span };
  });
  return { positions, nodeNumbersY: y + AXIS_BASELINE };
}
