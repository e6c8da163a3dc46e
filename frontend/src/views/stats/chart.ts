/**
 * The interface of a chart in Statistics. The default export of every file in `charts/` implements it; layout, axis,
 * hover and CSV file are derived from it.
 */
import { type Ghost } from "../../state/selectors/ghost";
import type { Group } from "../../marks/elements";
import type { NodeAxis } from "../axis/nodeAxis";
import type { NodeStats } from "./nodeStats";

/** Vertical position of a chart in the drawing, in pixels. */
export interface VerticalSpan {
  /** Y of the baseline of the caption. */
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
  /** Grid lines, each with a label at its left end. */
  readonly ticks: readonly Tick[];
}

/** What every chart gets as input. */
export interface ChartContext {
  readonly axis: NodeAxis;
  /** The node that the current draft would create. */
  readonly ghost: Ghost | null;
  /** Nodes within the visible section of the axis. */
  readonly shownStats: readonly NodeStats[];
  readonly allStats: readonly NodeStats[];
}

/** A column of the CSV file. */
export interface Column {
  readonly name: string;
  value(stats: NodeStats): number | null;
}

export interface StatsChart<S extends Scale = Scale> {
  /** Name used in CSS classes and test ids. */
  readonly name: string;
  readonly title: string;
  /** Charts are stacked in ascending order of this number, from top to bottom. */
  readonly order: number;
  /** Minimum height of the plot, in pixels. Extra height is divided among the charts in proportion to this height. */
  readonly height: number;
  /** Additional height above the plot for labels, in pixels. */
  readonly headroom?: number;
  /** Columns that the chart adds to the CSV file. */
  readonly columns: readonly Column[];
  scale(context: ChartContext, span: VerticalSpan): S;
  /** Text next to the title: what is shown, and in which unit. */
  unit(scale: S): string;
  draw(group: Group, context: ChartContext, scale: S, span: VerticalSpan): void;
  /** Describes a node in the readout while the pointer is in the node's column. */
  describe(stats: NodeStats): string;
}
