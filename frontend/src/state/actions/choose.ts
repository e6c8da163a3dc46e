/** Actions that change the choice. Each action clears those parts of the choice that no longer apply. */
import { revealChosenNode } from "../changes/foldedBranches";
import { withChoice, withHover, withScreen, type Reducer } from "../changes/patches";
import { lineage, treeNodes } from "../selectors/select";
import { mapHiddenToFoldedNodes } from "../selectors/tree";
import {
  choosePredictedClass,
  chooseLabel,
  chooseFocusedCells,
  moveCellCursor,
  type CellTarget,
  type CellStep,
  type ClassOrder,
} from "../changes/confusionCells";
import { defaultChoice, type Brush, type Cell, type Choice, type PanelId } from "../choice";
import { noHover, type HoverState, type Readout, type Viewport, type State } from "../state";
import { DEFAULT_VIEWPORT } from "../url/viewport";
import { noSampleChoice } from "../changes/sampleChoice";
import type { Context } from "./context";
import { repairChoice, pinCurrentPlanIfLoaded } from "./validChoice";

export function createChoiceActions({ store }: Context) {
  const { dispatch } = store;
  return {
    chooseExperiment: (experiment: number) => dispatch(chooseExperiment(experiment)),
    restoreChoice: (choice: Choice, viewport: Viewport) =>
      dispatch((state) => pinCurrentPlanIfLoaded(repairChoice(withScreen({ ...state, choice }, viewport)))),
    chooseNode: (node: number) => dispatch(chooseNode(node)),
    chooseAdjacentNode: (step: number) => dispatch(chooseAdjacentNode(step)),
    chooseParent: () => dispatch(chooseParent),
    chooseCriterion: (criterion: string) => dispatch(chooseCriterion(criterion)),
    setBrush: (brush: Brush | null) => dispatch((state) => withChoice(state, { brush })),
    chooseSize: (size: string) => dispatch((state) => repairChoice(withChoice(state, { size }))),
    showAgreement: (agreement: boolean) => dispatch((state) => withChoice(state, { agreement })),
    chooseLayer: (layer: string | null) =>
      dispatch((state) => withScreen(withChoice(state, { layer }), { firstCard: null })),
    chooseSample: (sample: number | null) => dispatch((state) => withChoice(state, { sample })),
    chooseCell: (cell: Cell | null) => dispatch((state) => withChoice(state, { ...noSampleChoice, cell })),
    moveCellCursor: (order: ClassOrder, step: CellStep, describe: (cell: Cell) => Readout) =>
      dispatch(moveCellCursor(order, step, describe)),
    chooseAtCell: (part: CellTarget) => dispatch(chooseFocusedCells(part)),
    chooseLabel: (label: number | null) => dispatch(chooseLabel(label)),
    choosePredictedClass: (predicted: number) => dispatch(choosePredictedClass(predicted)),
    chooseConfusion: (choice: Partial<Pick<Choice, "confusionMatrixMode" | "confusionMatrixSort" | "classes">>) =>
      dispatch((state) => withChoice(state, choice)),
    enlarge: (panel: PanelId | null) => dispatch((state) => withChoice(state, { panel })),
    hover: (hover: Partial<HoverState>) => dispatch((state) => withHover(state, hover)),
    clearHover: () => dispatch((state) => (state.hover === noHover ? state : { ...state, hover: noHover })),
    panTo: (pan: number | null) => dispatch((state) => withScreen(state, { pan })),
  };
}

/** Chooses the criterion on the x axis. If the criterion changes, clears the brush, which was drawn on the old axis. */
export const chooseCriterion =
  (criterion: string): Reducer =>
  (state) =>
    criterion === state.choice.criterion
      ? state
      : repairChoice(withScreen(withChoice(state, { criterion, brush: null }), { firstCard: null }));

const chooseExperiment =
  (experiment: number): Reducer =>
  (state) =>
    repairChoice(
      withScreen(withChoice(state, { ...defaultChoice, experiment, panel: state.choice.panel }), {
        ...DEFAULT_VIEWPORT,
        followedNode: null,
      }),
    );

/**
 * Chooses a node. Clears what belongs to the previous node: its plan, the brush, and the text about the filter, cell or
 * sample under the pointer. The chosen layer, cell and classes stay chosen.
 */
export const chooseNode =
  (node: number): Reducer =>
  (state) =>
    node === state.choice.node
      ? stopFollowingNewNode(state)
      : pinCurrentPlanIfLoaded(
          revealChosenNode(
            withScreen(withChoice(withoutStaleHover(state), { node, plan: null, brush: null }), {
              pan: null,
              firstCard: null,
              followedNode: null,
            }),
          ),
        );

/**
 * Clears the hover unless it is on a node of the tree, because the text about that node does not depend on the choice.
 */
const withoutStaleHover = (state: State): State => (state.hover.node === null ? { ...state, hover: noHover } : state);

/** Makes the tree show the chosen node again after the tree has followed a new node. */
const stopFollowingNewNode = (state: State): State =>
  state.screen.followedNode === null ? state : withScreen(state, { followedNode: null });

const chooseAdjacentNode =
  (step: number): Reducer =>
  (state) => {
    const nodes = treeNodes(state);
    const foldedNodeById = mapHiddenToFoldedNodes(nodes, state.choice.tree.foldedIds);
    const visibleNodes = nodes.filter(({ id }) => !foldedNodeById.has(id));
    const nextNode = visibleNodes[visibleNodes.findIndex((node) => node.id === state.choice.node) + step];
    return nextNode ? chooseNode(nextNode.id)(state) : state;
  };

const chooseParent: Reducer = (state) => {
  const parent = lineage(state.server.nodes, state.choice.node).at(-2);
  return parent ? chooseNode(parent.id)(state) : state;
};
