/** Data and callbacks of the layer table. */
import type { Brush } from "../../../state/choice";
import type { Structure } from "../../../planning/structure";
import type { Bubbles } from "./bubbles";
import type { TableKey } from "./keys";
import type { Palette, UnitStates } from "./picture";
import type { TableLayout } from "./rows";
import type { ScoreScale } from "./scale";

export type Rect = readonly [number, number, number, number];

/** The score threshold at which filters are removed. */
export interface LineData {
  /** The threshold; null if the rule has none. */
  readonly score: number | null;
  readonly percent: number;
  readonly removedFilters: number;
  readonly freeFilters: number;
  /** Filters left of the line are removed (keep: high), else those right of it (keep: low). */
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
  /** Removed filters by layer. */
  readonly removedPerLayer: Int32Array;
  readonly locked: ReadonlySet<string>;
  readonly chosenLayer: number;
  /** Unit under the pointer or the keyboard cursor; -1: none. */
  readonly chosenUnit: number;
  readonly line: LineData;
  /** Pixels of this layout. */
  readonly brush: Rect | null;
  readonly palette: Palette;
  readonly caption: string;
  readonly enlarged: boolean;
}

/** Scroll position of the rows. */
export interface TableScroll {
  /** The first row that a link asks for; null: show the chosen row. Called only when needed. */
  start(): number | null;
  onScroll(first: number): void;
}

export interface TableCallbacks {
  onLayer(layer: number): void;
  onLock(layer: number): void;
  onHover(layer: number, unit: number): void;
  onToggle(unit: number): void;
  onBrush(brush: Brush | null): void;
  onBrushed(decision: "kept" | "removed" | "rule", units: readonly number[]): void;
  onLine(score: number): void;
  onLineEnd(): void;
  /** Moves the line by that many filters; ±Infinity goes to an end. */
  onLineStep(filters: number): void;
  onKey(key: TableKey): void;
}
