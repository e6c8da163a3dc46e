/** What the layer table shows and what it can be asked to do. */
import type { Brush } from "../../../state/choice";
import type { Structure } from "../../../planning/structure";
import type { Bubbles } from "./bubbles";
import type { TableKey } from "./keys";
import type { Palette, UnitStates } from "./picture";
import type { TableLayout } from "./rows";
import type { ScoreScale } from "./scale";

export type Rect = readonly [number, number, number, number];

/** The line under which filters go. */
export interface LineData {
  /** Where it stands, as a score; null: the rule has no line. */
  readonly score: number | null;
  readonly percent: number;
  readonly removedFilters: number;
  readonly freeFilters: number;
  /** Units that the criterion ranks below the line lie to its left (keep high) or right (keep low). */
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
  /** Unit under the cursor of the keyboard or the pointer; -1: none. */
  readonly chosenUnit: number;
  readonly line: LineData;
  /** Pixels of this layout. */
  readonly brush: Rect | null;
  readonly palette: Palette;
  readonly caption: string;
  readonly enlarged: boolean;
}

/** Where the rows are scrolled to. */
export interface TableScroll {
  /** The row at which a link opens the table; null: the chosen one is in sight. Asked for only where it matters. */
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
  /** Moves the line over that many filters; ±Infinity goes to an end. */
  onLineStep(filters: number): void;
  onKey(key: TableKey): void;
}
