/** What stands on the canvas of the table. */
import type { Structure } from "../../../planning/structure";
import type { Bubbles } from "./bubbles";
import type { Palette } from "./palette";
import type { TableLayout } from "./rows";

/** What the plan says, by unit position. `hand`: 0 by rule, 1 kept by hand, 2 removed by hand. */
export interface UnitStates {
  readonly removed: Uint8Array;
  readonly hand: Uint8Array;
}

export interface Picture {
  readonly structure: Structure;
  readonly layout: TableLayout;
  readonly bubbles: Bubbles;
  readonly states: UnitStates;
  readonly palette: Palette;
  readonly chosenLayer: number;
  readonly chosenUnit: number;
}
