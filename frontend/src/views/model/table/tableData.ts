/** Data and callbacks of the layer table. */
import type { Brush } from "../../../state/choice";
import type { Structure } from "../../../planning/structure";
import type { Bubbles } from "./bubbles";
import type { TableCommand } from "./keys";
import type { Palette, UnitStates } from "./picture";
import type { TableLayout } from "./rows";
import type { ScoreScale } from "./scale";

export type Rect = readonly [number, number, number, number];

/** The threshold line. The filters on one side of the line are removed. */
export interface ThresholdLineData {
  /** Score at which the line stands; null if the rule has no threshold. */
  readonly score: number | null;
  readonly percent: number;
  readonly removedFilters: number;
  readonly freeFilters: number;
  /**
   * Whether the filters to the left of the line are removed. If the criterion keeps low scores, those to the right are
   * removed instead.
   */
  readonly removesLeft: boolean;
  readonly isApplied: boolean;
}

export interface TableData {
  readonly structure: Structure;
  readonly layout: TableLayout;
  readonly scale: ScoreScale;
  readonly bubbles: Bubbles;
  readonly ascendingScores: readonly number[];
  readonly states: UnitStates;
  /** Number of filters that the plan removes from each layer, by layer index. */
  readonly removedFiltersPerLayer: Int32Array;
  readonly locked: ReadonlySet<string>;
  readonly chosenLayer: number;
  /** Position of the unit under the pointer or the keyboard cursor; -1 if there is no unit. */
  readonly cursorUnit: number;
  readonly line: ThresholdLineData;
  /** The rectangle of brushed filters in this layout, in pixels; null if there is no brush. */
  readonly brush: Rect | null;
  readonly palette: Palette;
  readonly caption: string;
  readonly isEnlarged: boolean;
}

/** How the scroll position of the rows is restored and reported, as the index of the first visible row. */
export interface TableScroll {
  /** Returns the index of the row that a link asks to show first; null to scroll to the chosen layer instead. */
  requestedFirstRow(): number | null;
  onScroll(first: number): void;
}

export interface TableCallbacks {
  onChooseLayer(layer: number): void;
  onToggleLock(layer: number): void;
  onHover(layer: number, unit: number): void;
  onToggleUnit(unit: number): void;
  onBrush(brush: Brush | null): void;
  onOverrideUnits(decision: "kept" | "removed" | "rule", units: readonly number[]): void;
  onMoveThreshold(score: number): void;
  onReleaseThreshold(): void;
  /**
   * Moves the threshold line past this many filters: to the right if positive, to the left if negative. ±Infinity moves
   * it to an end of the axis.
   */
  onStepThreshold(filters: number): void;
  onKeyCommand(key: TableCommand): void;
}
