/** The confusion matrix with its toolbar and the samples of the chosen cell. */
import type { Confusion } from "../../api/values";
import { ensureElement, showOrClear, type Box } from "../../marks/elements";
import type { Actions } from "../../state/actions";
import { countChosenSamplesByCell, listedSamples } from "../../state/selectors/map";
import { chosenNode, samplesKey } from "../../state/selectors/select";
import type { Cell } from "../../state/choice";
import type { State } from "../../state/state";
import { drawEmptyState, type EmptyState } from "../empty";
import { explainMissingData } from "../nodes/missing";
import type { Size } from "../panel";
import { describeChosenSamples } from "../samples/chosenSamples";
import { describeSample } from "../samples/thumbs";
import { describeCell, drawCell } from "./cell";
import { layoutMatrix, type MatrixLayout } from "./layout";
import { drawMatrix } from "./matrix";
import { drawToolbar } from "./tools";

const TOOLBAR_HEIGHT = 32;
const CELL_PANE_WIDTHS = { small: 110, wide: 150 } as const;
const THUMB_ROW_HEIGHT = 35;

export function drawConfusionChart(box: Box, state: State, act: Actions, size: Size): void {
  const node = chosenNode(state);
  const confusion = node ? state.server.confusion[node.id] : undefined;
  const area = ensureElement(box, "div", "area");
  showOrClear(area, confusion !== undefined);
  drawEmptyState(box, confusion ? null : explainMissingMatrix(state));
  if (!node || !confusion) return;
  const { choice } = state;
  drawToolbar(
    ensureElement(area, "div", "cap"),
    {
      node: node.number,
      classes: confusion.classes,
      shownClasses: choice.classes,
      mode: choice.confusionMatrixMode,
      sort: choice.confusionMatrixSort,
      hasParent: confusion.parent_counts !== null,
      chosenClass: choice.label ?? choice.cell?.label ?? null,
      width: size.width,
    },
    {
      onChooseMode: (confusionMatrixMode) => act.chooseConfusion({ confusionMatrixMode }),
      onChooseSort: (confusionMatrixSort) => act.chooseConfusion({ confusionMatrixSort }),
      onChooseClasses: (classes) => act.chooseConfusion({ classes }),
    },
  );
  drawMatrixAndCell(ensureElement(area, "div", "pair"), confusion, state, act, size);
}

function drawMatrixAndCell(pair: Box, confusion: Confusion, state: State, act: Actions, { width, height }: Size): void {
  const { choice, hover } = state;
  const isDark = document.documentElement.dataset.theme === "dark";
  const paneWidth = width > 600 ? CELL_PANE_WIDTHS.wide : CELL_PANE_WIDTHS.small;
  const layout = layoutMatrix({
    confusion,
    classes: choice.classes,
    mode: confusion.parent_counts
      ? choice.confusionMatrixMode
      : choice.confusionMatrixMode === "delta"
        ? "count"
        : choice.confusionMatrixMode,
    sort: choice.confusionMatrixSort,
    width: width - paneWidth - 14,
    height: height - TOOLBAR_HEIGHT - 10,
  });
  const chosenSampleCounts = countChosenSamplesByCell(state);
  const describe = (cell: Cell): string => describeCell(confusion, cell, chosenSampleCounts);
  const cellToReadout = (cell: Cell) => ({ title: "Confusion", text: describe(cell) });
  const scroll = ensureElement(pair, "div", "scroll").style("max-height", `${height - TOOLBAR_HEIGHT}px`);
  scroll.style("scroll-padding", `${layout.top}px 0 0 ${layout.rowLabelWidth}px`); // keeps cells clear of the sticky class names
  drawMatrix(
    scroll,
    {
      layout,
      classes: confusion.classes,
      counts: confusion.counts,
      chosenSampleCounts,
      label: choice.label,
      chosen: choice.cell,
      hovered: hover.cell,
      isDark,
      describe,
    },
    {
      onChoose: act.chooseCell,
      onHover: (cell) => (cell ? act.hover({ cell, readout: cellToReadout(cell) }) : act.clearHover()),
      onMoveCursor: (order, step) => act.moveCellCursor(order, step, cellToReadout),
      onChooseFocusedCell: act.chooseAtCell,
      onChooseRow: act.chooseLabel,
      onChooseColumn: act.choosePredictedClass,
    },
  );
  drawChosenCell(ensureElement(pair, "div", "cell"), confusion, {
    state,
    act,
    layout,
    isDark,
    maxThumbs: countFittingThumbs(paneWidth, height),
    width: paneWidth,
  });
}

const countFittingThumbs = (width: number, height: number): number =>
  Math.max(1, Math.floor((width + 1) / THUMB_ROW_HEIGHT)) *
  Math.max(1, Math.floor((height - TOOLBAR_HEIGHT - 81) / THUMB_ROW_HEIGHT));

interface ChosenCellInput {
  readonly state: State;
  readonly act: Actions;
  readonly layout: MatrixLayout;
  readonly isDark: boolean;
  readonly maxThumbs: number;
  readonly width: number;
}

function drawChosenCell(
  box: Box,
  confusion: Confusion,
  { state, act, layout, isDark, maxThumbs, width }: ChosenCellInput,
): void {
  const { choice, server } = state;
  const thumbs = { experiment: choice.experiment ?? 0, classes: confusion.classes, chosen: choice.sample };
  const chosenSamplesText = choice.cell ? null : describeChosenSamples(choice, confusion.classes);
  const samples =
    chosenSamplesText === null
      ? (server.samples[samplesKey(confusion.node_id, choice)]?.items ?? null)
      : listedSamples(state);
  drawCell(
    box,
    { confusion, cell: choice.cell, chosenSamplesText, samples, thumbs, maxThumbs, width, layout, isDark },
    {
      onChoose: act.chooseSample,
      onHover: (sample) =>
        sample
          ? act.hover({
              readout: { title: `Sample ${sample.sample}`, text: describeSample(sample, confusion.classes) },
            })
          : act.clearHover(),
    },
  );
}

export function explainMissingMatrix(state: State): EmptyState | null {
  const node = chosenNode(state);
  return node && explainMissingData(node, "confusion matrix", state.screen.requests[`confusion:${node.id}`]);
}
