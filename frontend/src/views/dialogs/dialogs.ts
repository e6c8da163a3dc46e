/** Draws the open dialog. Only one dialog can be open at a time. */
import type { Selection } from "d3-selection";
import { ensureElement, type Box } from "../../marks/elements";
import { chosenExperiment } from "../../state/selectors/select";
import type { Actions } from "../../state/actions";
import type { Dialog } from "../../state/dialog";
import type { State } from "../../state/state";
import type { Panel } from "../panel";
import { bundleDialog } from "./experiment/bundle";
import { conflictDialog } from "./conflict";
import { drawDeleteExperimentDialog } from "./experiment/delete";
import { signInDialog } from "./enter";
import { drawHelp } from "./help";
import { drawNewExperimentDialog } from "./experiment/newExperiment";
import { drawNote } from "./note";
import { drawNotices } from "./experiment/notices";
import { shareDialog } from "./share";
import { importBundleDialog } from "./experiment/unbundle";

const DIALOG_TITLES: Partial<Record<Dialog["kind"], string>> = {
  experiment: "New experiment",
  delete: "Delete experiment",
  note: "Note",
  notices: "About this experiment",
  help: "Help and keyboard shortcuts",
};

export function drawDialogs(box: Box, state: State, act: Actions, panels: readonly Panel[]): void {
  const { dialog } = state.screen;
  const dialogElements = box
    .selectAll<HTMLElement, Dialog["kind"]>(":scope > wa-dialog")
    .data(dialog ? [dialog.kind] : [], (kind) => kind)
    .join(
      (enter) =>
        focusFirstField(
          rememberFocus(
            enter
              .append<HTMLElement>("wa-dialog")
              .attr("label", (kind) => DIALOG_TITLES[kind] ?? findDialog(panels, kind)?.label ?? "")
              .attr("data-testid", (kind) => `dialog-${kind}`),
          ),
        ),
      (update) => update,
      (exit) => restoreFocus(exit),
    )
    .property("open", true)
    .on("wa-hide", (event: Event) => {
      if (event.target === event.currentTarget) act.openDialog(null);
    });
  const element = dialogElements.node();
  if (dialog && element)
    drawDialogContent(ensureElement(dialogElements as unknown as Box, "div", "content"), dialog, {
      state,
      act,
      panels,
    });
}

/** For each open dialog, the element that had the focus before. It gets the focus back when the dialog closes. */
const previousFocus = new WeakMap<HTMLElement, Element | null>();

type DialogSelection = Selection<HTMLElement, Dialog["kind"], HTMLElement, unknown>;

const rememberFocus = (openedDialogs: DialogSelection): DialogSelection =>
  openedDialogs.each(function () {
    previousFocus.set(this, document.activeElement);
  });

/**
 * Focuses the first field immediately, so that it receives the next key presses; the dialog component would focus it
 * one frame later.
 */
const focusFirstField = (openedDialogs: DialogSelection): DialogSelection =>
  openedDialogs.each(function () {
    const focusAutofocusElement = (): void => this.querySelector<HTMLElement>("[autofocus]")?.focus();
    const isComponentLoaded = customElements.get("wa-dialog") !== undefined; // once loaded, the component itself takes the focus if no field does
    queueMicrotask(
      isComponentLoaded
        ? focusAutofocusElement
        : () => this.querySelector<HTMLElement>("[autofocus], input, select, textarea, button")?.focus(),
    );
    void customElements
      .whenDefined("wa-dialog")
      .then(() => (this as HTMLElement & { updateComplete?: Promise<unknown> }).updateComplete)
      .then(focusAutofocusElement);
  });

function restoreFocus(closedDialogs: DialogSelection): void {
  closedDialogs.each(function () {
    const previouslyFocusedElement = previousFocus.get(this);
    this.remove();
    if (previouslyFocusedElement instanceof HTMLElement || previouslyFocusedElement instanceof SVGElement)
      previouslyFocusedElement.focus({ preventScroll: true });
  });
}

const PAGE_DIALOGS: NonNullable<Panel["dialogs"]> = {
  share: shareDialog,
  signIn: signInDialog,
  conflict: conflictDialog,
  bundle: bundleDialog,
  unbundle: importBundleDialog,
};

const findDialog = (panels: readonly Panel[], kind: Dialog["kind"]) =>
  PAGE_DIALOGS[kind] ?? panels.find((panel) => panel.dialogs?.[kind])?.dialogs?.[kind];

interface Context {
  readonly state: State;
  readonly act: Actions;
  readonly panels: readonly Panel[];
}

function drawDialogContent(content: Box, dialog: Dialog, { state, act, panels }: Context): void {
  const close = (): void => act.openDialog(null);
  switch (dialog.kind) {
    case "experiment": {
      drawNewExperimentDialog(
        content,
        { ...dialog, data: state.server.data },
        {
          onCreate: act.createExperiment,
          onInspectNetwork: act.inspectNetwork,
          onInspectData: act.inspectData,
          onChange: act.forgetInspection,
          onClose: close,
        },
      );
      return;
    }
    case "delete": {
      const experiment = state.server.experiments[dialog.experiment];
      drawDeleteExperimentDialog(content, experiment ?? null, {
        onDelete: () => act.deleteExperiment(dialog.experiment),
        onClose: close,
      });
      return;
    }
    case "note": {
      drawNote(content, state.server.nodes[dialog.node] ?? null, dialog, { onSave: act.writeNote, onClose: close });
      return;
    }
    case "notices": {
      drawNotices(content, chosenExperiment(state));
      return;
    }
    case "help": {
      drawHelp(
        content,
        { panels, areLetterKeysEnabled: state.screen.areLetterKeysEnabled, health: state.server.health },
        act.setLetterKeys,
      );
      return;
    }
    default:
      return findDialog(panels, dialog.kind)?.draw(content, state, act);
  }
}
