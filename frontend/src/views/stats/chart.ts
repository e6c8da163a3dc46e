/** What a chart of Statistics is. A file of `charts/` exports one by default; layout, axis, hover and saved table follow. */
import { type Ghost } from "../../state/selectors/ghost";
import type { Group } from "../../marks/elements";
import type { NodeAxis } from "../axis/nodeAxis";
import type { NodeStats } from "./nodeStats";

/** Where a chart stands in the drawing, pixels. */
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
  /** Lines of the grid, named at the left end. */
  readonly ticks: readonly Tick[];
}

/** What all charts draw from. */
export interface ChartContext {
  readonly axis: NodeAxis;
  /** The draft as a node, where one is open. */
  readonly ghost: Ghost | null;
  /** Nodes in view. */
  readonly shown: readonly NodeStats[];
  readonly all: readonly NodeStats[];
}

/** A column of the saved table. */
export interface Column {
  readonly name: string;
  value(stats: NodeStats): number | null;
}

export interface StatsChart<S extends Scale = Scale> {
  /** As in class names and test ids. */
  readonly name: string;
  readonly title: string;
  /** Place from the top, smallest first. */
  readonly order: number;
  /** Height of the plot at the smallest, pixels; what is more is shared out among the charts in this proportion. */
  readonly height: number;
  /** Room above the plot for what stands on its marks, pixels. */
  readonly headroom?: number;
  /** Its values, as they are saved. */
  readonly columns: readonly Column[];
  scale(context: ChartContext, span: Span): S;
  /** What the values are, beside the title. */
  unit(scale: S): string;
  draw(group: Group, context: ChartContext, scale: S, span: Span): void;
  /** What the readout says of a node when the pointer is on its column. */
  describe(stats: NodeStats): string;
}
