/** The input of the trade-off chart, and the scales of its axes. */
import type { Metric } from "../../state/choice";
import type { Point, PointScale } from "./points";

export interface ScatterData {
  readonly points: readonly Point[];
  readonly frontier: readonly Point[];
  readonly x: Metric;
  readonly y: Metric;
  readonly chosen: number | null;
  readonly hovered: number | null;
  readonly width: number;
  readonly height: number;
}

export interface ScatterScales {
  readonly x: PointScale;
  readonly y: PointScale;
}
