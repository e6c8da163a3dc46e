/** The interface of a panel: the page draws the frame and the header, and the panel draws its body. */
import type { Actions } from "../state/actions";
import type { PanelId } from "../state/choice";
import type { Dialog } from "../state/dialog";
import type { State } from "../state/state";
import type { Box } from "../marks/elements";
import type { IconName } from "../marks/icons";
import type { Drawing } from "../marks/svgMarkup";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A button in the header of a panel. */
export interface PanelTool {
  readonly id: string;
  readonly icon: IconName;
  readonly title: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly items?: readonly ToolMenuItem[];
  run(act: Actions): void;
}

/** An entry of the menu that a button in the header opens. */
export interface ToolMenuItem {
  readonly id: string;
  readonly text: string;
  readonly disabled?: boolean;
  run(act: Actions): void;
}

/** A chart that can be saved; `rows` contains its values, with the column names in the first row. */
export interface Chart {
  readonly name: string;
  readonly title: string;
  /** CSS selector of the drawing in the body of the panel: an SVG, or a box with stacked drawings. */
  readonly selector: string;
  /** Draws the chart as an SVG at its size on the page. Needed only for charts that are not SVGs on the page. */
  drawAsSvg?(state: State, size: Size): Drawing | null;
  /** Needed only for a box with a canvas: returns the content of the canvas as SVG. */
  canvasToSvg?(state: State, size: Size): string;
  /**
   * Needed only if the drawing scrolls: draws its whole content into an off-screen box; `width` is the visible width.
   */
  drawFullContent?(box: Box, state: State, width: number): void;
  /** Caption of the saved drawing: the units, and the meaning of symbols and colours. */
  fileCaption?(state: State): string;
  /** Needed only if the chart is not always on the page: makes it visible. */
  show?(act: Actions): void;
  /** Needed only if the chart may be empty: a phrase that explains how to make the chart show something. */
  readonly emptyHint?: string;
  rows(state: State): readonly (readonly (string | number | null)[])[];
}

/**
 * A keyboard shortcut. `keys` is the value of KeyboardEvent.key, preceded by modifiers: "e", "Shift+T", "Ctrl+Enter".
 */
export interface Key {
  readonly keys: string;
  readonly help: string;
  run(act: Actions, state: State): void;
}

/** A dialog with content drawn by a panel; the page opens and closes it. */
export interface PanelDialog {
  readonly label: string;
  draw(content: Box, state: State, act: Actions): void;
}

export interface Panel {
  readonly id: PanelId;
  readonly title: string;
  subtitle(state: State): string;
  tools(state: State): readonly PanelTool[];
  readonly charts: readonly Chart[];
  readonly keys: readonly Key[];
  /** The dialogs that the panel draws, by their kind in the State. */
  readonly dialogs?: Partial<Record<Dialog["kind"], PanelDialog>>;
  /**
   * Draws the body. Called whenever the theme, the size of the panel, or a part of the State that the panel read has
   * changed.
   */
  draw(body: Box, state: State, act: Actions, size: Size): void;
}
