/** Data and callbacks of the layer table. */
import type { Brush } from "../../../state/choice";
import type { Structure } from "../../../planning/structure";
import type { Bubbles } from "./bubbles";
import type { TableCommand } from "./keys";
import type { Palette, UnitStates } from "./picture";
import type { TableLayout } from "./rows";
import type { ScoreScale } from "./scale";

export type Rect = readonly [number, number, number, number];

/** The line at the score threshold. The filters on one side of it are removed. */
export interface LineData {
  /** Score of the threshold; null if the rule has no threshold. */
  readonly score: number | null;
  readonly percent: number;
  readonly removedFilters: number;
  readonly freeFilters: number;
  /**
   * Whether filters left of the line are removed (for criteria that keep high scores) rather than those right of it.
   */
  readonly removesLeft: boolean;
  readonly isApplied: boolean;
}

export interface TableData {
  readonly structure: Structure;
  readonly layout: TableLayout;
  readonly scale: ScoreScale;
  readonly bubbles: Bubbles;
  readonly ascending: readonly number[];
  readonly states: UnitStates;
  /** Number of filters removed from each layer. */
  readonly removedPerLayer: Int32Array;
  readonly locked: ReadonlySet<string>;
  readonly chosenLayer: number;
  /** Unit under the pointer or the keyboard cursor; -1 if there is no unit. */
  readonly cursorUnit: number;
  readonly line: LineData;
  /** The rectangle that the brush covers in this layout, in pixels. */
  readonly brush: Rect | null;
  readonly palette: Palette;
  readonly caption: string;
  readonly isEnlarged: boolean;
}

/** Scroll position of the rows, in pixels. */
export interface TableScroll {
  /** Returns the row that the page's URL asks to show first; null to show the chosen row. */
  firstRow(): number | null;
  onScroll(first: number): void;
}

export interface TableCallbacks {
  onLayer(layer: number): void;
  onLock(layer: number): void;
  onHover(layer: number, unit: number): void;
  onToggle(unit: number): void;
  onBrush(brush: Brush | null): void;
  onDecide(decision: "kept" | "removed" | "rule", units: readonly number[]): void;
  onMoveLine(score: number): void;
  onReleaseLine(): void;
  /** Moves the line past a number of filters; ±Infinity moves it to an end of the axis. */
  onStepLine(filters: number): void;
  onCommand(key: TableCommand): void;
}
