/**
 * The interface that every chart in Statistics implements, as the default export of its file in `charts/`. The panel
 * derives layout, axis, hover and CSV file from it.
 */
import { type Ghost } from "../../state/selectors/ghost";
import type { Group } from "../../marks/elements";
import type { NodeAxis } from "../axis/nodeAxis";
import type { NodeStats } from "./nodeStats";

/** Vertical positions of a chart and its caption, in pixels. */
export interface VerticalSpan {
  /** Y of the baseline of the chart's caption. */
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
  /** Positions of the horizontal grid lines, each with the label at its left end. */
  readonly ticks: readonly Tick[];
}

/** The data that every chart receives. */
export interface ChartContext {
  readonly axis: NodeAxis;
  /** The node that the current draft would create; null if the draft removes nothing. */
  readonly ghost: Ghost | null;
  /** Statistics of the nodes within the visible section of the axis. */
  readonly visibleStats: readonly NodeStats[];
  readonly allStats: readonly NodeStats[];
}

/** A column that a chart adds to the CSV file, with its value for each node. */
export interface Column {
  readonly name: string;
  value(stats: NodeStats): number | null;
}

export interface StatsChart<S extends Scale = Scale> {
  /** Name of the chart in CSS classes and test ids. */
  readonly name: string;
  readonly title: string;
  /** Charts are stacked in ascending order of this number, from top to bottom. */
  readonly order: number;
  /**
   * Minimum height of the plot, in pixels. Extra height is divided among the charts in proportion to their minimum
   * heights.
   */
  readonly height: number;
  /** Additional height that the chart needs above its plot for labels, in pixels. */
  readonly headroom?: number;
  /** Columns that the chart adds to the CSV file. */
  readonly columns: readonly Column[];
  scale(context: ChartContext, span: VerticalSpan): S;
  /** Returns the text next to the chart's title: what the chart shows, and in which unit. */
  unit(scale: S): string;
  draw(group: Group, context: ChartContext, scale: S, span: VerticalSpan): void;
  /** Describes a node for the status bar, while the pointer is in its column. */
  describe(stats: NodeStats): string;
}
