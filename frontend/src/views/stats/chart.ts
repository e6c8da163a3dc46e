/**
 * The interface of a chart in Statistics. Every file of `charts/` exports a chart by default; layout, axis, hover and
 * CSV file are derived from it.
 */
import { type Ghost } from "../../state/selectors/ghost";
import type { Group } from "../../marks/elements";
import type { NodeAxis } from "../axis/nodeAxis";
import type { NodeStats } from "./nodeStats";

/** Vertical position of a chart in the drawing, pixels. */
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
  /** Grid lines, each labelled at its left end. */
  readonly ticks: readonly Tick[];
}

/** Input that all charts share. */
export interface ChartContext {
  readonly axis: NodeAxis;
  /** The open draft as a node. */
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
  /** Key that is used in class names and test ids. */
  readonly name: string;
  readonly title: string;
  /** Order of the chart: charts are stacked in ascending order. */
  readonly order: number;
  /** Minimum height of the plot, pixels; extra height is divided among the charts in this proportion. */
  readonly height: number;
  /** Room above the plot for the labels of its marks, pixels. */
  readonly headroom?: number;
  /** Columns of the chart in the CSV file. */
  readonly columns: readonly Column[];
  scale(context: ChartContext, span: Span): S;
  /** Text next to the title: what is shown, and in which unit. */
  unit(scale: S): string;
  draw(group: Group, context: ChartContext, scale: S, span: Span): void;
  /** Readout for a node while the pointer is in its column. */
  describe(stats: NodeStats): string;
}
