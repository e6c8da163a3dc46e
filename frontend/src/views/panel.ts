/** The contract of the four panels: the shell draws their frame, they draw their body. */
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

/** A button in the head of a panel. */
export interface Tool {
  readonly id: string;
  readonly icon: IconName;
  readonly title: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly items?: readonly ToolItem[];
  run(act: Actions): void;
}

/** A line of the menu that a tool may open in place of running. */
export interface ToolItem {
  readonly id: string;
  readonly text: string;
  readonly disabled?: boolean;
  run(act: Actions): void;
}

/** A chart that can be saved; `rows` is what it shows, with a line of names first. */
export interface Chart {
  readonly name: string;
  readonly title: string;
  /** Finds the drawing in the panel's body: an SVG, or a box of several drawings over each other. */
  readonly selector: string;
  /** For what is no SVG on the page: the drawing as one, in the size that it has there. */
  markup?(state: State, size: Size): Drawing | null;
  /** For a box with a canvas: what stands on that, as SVG. */
  canvas?(state: State, size: Size): string;
  /** For what the page shows a window of: all of it, drawn into a box off the screen; `width` is that of the window. */
  whole?(box: Box, state: State, width: number): void;
  /** Units, and what signs and colours mean: a line over the saved drawing. */
  about?(state: State): string;
  /** For what is not always on the page: brings it there. */
  show?(act: Actions): void;
  /** For what may hold nothing: what a person must do first. */
  readonly needs?: string;
  rows(state: State): readonly (readonly (string | number | null)[])[];
}

/** `keys` as KeyboardEvent.key with modifiers in front: "e", "Shift+T", "Ctrl+Enter". */
export interface Key {
  readonly keys: string;
  readonly help: string;
  run(act: Actions, state: State): void;
}

/** A dialog that a panel draws into; the page opens and closes it. */
export interface PanelDialog {
  readonly label: string;
  draw(content: Box, state: State, act: Actions): void;
}

export interface Panel {
  readonly id: PanelId;
  readonly title: string;
  sub(state: State): string;
  tools(state: State): readonly Tool[];
  readonly charts: readonly Chart[];
  readonly keys: readonly Key[];
  /** Dialogs of its own, by their kind in State. */
  readonly dialogs?: Partial<Record<Dialog["kind"], PanelDialog>>;
  /** Called again when something that it read of the State has changed, or its size or the theme. */
  draw(body: Box, state: State, act: Actions, size: Size): void;
}
