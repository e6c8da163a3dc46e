/** A person's picks. Each drops what no longer belongs to it. */
import { unfoldTo } from "../changes/fold";
import { withChoice, withHover, withScreen, type Reducer } from "../changes/patches";
import { lineage, treeNodes } from "../selectors/select";
import { hiddenNodes } from "../selectors/tree";
import {
  chooseCalled,
  chooseLabel,
  chooseMarked,
  moveCell,
  type Marked,
  type Move,
  type Order,
} from "../changes/cells";
import { noChoice, type Brush, type Cell, type Choice, type PanelId } from "../choice";
import { noHover, type Hover, type Readout, type Sight, type State } from "../state";
import { ALL_AS_USUAL } from "../url/sight";
import { noPick } from "../changes/picks";
import type { Context } from "./context";
import { keepKnownChoice, keepKnownPlan } from "./known";

export function createChooseActions({ store }: Context) {
  const { dispatch } = store;
  return {
    chooseExperiment: (experiment: number) => dispatch(chooseExperiment(experiment)),
    restoreChoice: (choice: Choice, sight: Sight) =>
      dispatch((state) => keepKnownPlan(keepKnownChoice(withScreen({ ...state, choice }, sight)))),
    chooseNode: (node: number) => dispatch(chooseNode(node)),
    stepNode: (step: number) => dispatch(stepNode(step)),
    chooseParent: () => dispatch(chooseParent),
    /** What was brushed lay on the old axis. */
    chooseCriterion: (criterion: string) =>
      dispatch((state) => keepKnownChoice(withScreen(withChoice(state, { criterion, brush: null }), { list: null }))),
    brush: (brush: Brush | null) => dispatch((state) => withChoice(state, { brush })),
    chooseSize: (size: string) => dispatch((state) => keepKnownChoice(withChoice(state, { size }))),
    showAgreement: (agreement: boolean) => dispatch((state) => withChoice(state, { agreement })),
    chooseLayer: (layer: string | null) =>
      dispatch((state) => withScreen(withChoice(state, { layer }), { list: null })),
    chooseSample: (sample: number | null) => dispatch((state) => withChoice(state, { sample })),
    chooseCell: (cell: Cell | null) => dispatch((state) => withChoice(state, { ...noPick, cell })),
    moveCell: (order: Order, move: Move, describe: (cell: Cell) => Readout) =>
      dispatch(moveCell(order, move, describe)),
    chooseMarked: (what: Marked) => dispatch(chooseMarked(what)),
    chooseLabel: (label: number | null) => dispatch(chooseLabel(label)),
    chooseCalled: (predicted: number) => dispatch(chooseCalled(predicted)),
    chooseConfusion: (choice: Partial<Pick<Choice, "confusionMode" | "confusionSort" | "classes">>) =>
      dispatch((state) => withChoice(state, choice)),
    enlarge: (panel: PanelId | null) => dispatch((state) => withChoice(state, { panel })),
    hover: (hover: Partial<Hover>) => dispatch((state) => withHover(state, hover)),
    unhover: () => dispatch((state) => (state.hover === noHover ? state : { ...state, hover: noHover })),
    panTo: (pan: number | null) => dispatch((state) => withScreen(state, { pan })),
  };
}

const chooseExperiment =
  (experiment: number): Reducer =>
  (state) =>
    keepKnownChoice(
      withScreen(withChoice(state, { ...noChoice, experiment, panel: state.choice.panel }), {
        ...ALL_AS_USUAL,
        grown: null,
      }),
    );

/** Plan and sample list belong to a node; layer, cell and classes mean the same in every node. */
export const chooseNode =
  (node: number): Reducer =>
  (state) =>
    node === state.choice.node
      ? backTo(state)
      : keepKnownPlan(
          unfoldTo(
            withScreen(withChoice(state, { node, plan: null, brush: null }), { pan: null, list: null, grown: null }),
          ),
        );

/** The tree shows the chosen node again, after it had followed another. */
const backTo = (state: State): State => (state.screen.grown === null ? state : withScreen(state, { grown: null }));

const stepNode =
  (step: number): Reducer =>
  (state) => {
    const all = treeNodes(state);
    const hidden = hiddenNodes(all, state.choice.tree.folded);
    const nodes = all.filter(({ id }) => !hidden.has(id));
    const next = nodes[nodes.findIndex((node) => node.id === state.choice.node) + step];
    return next ? chooseNode(next.id)(state) : state;
  };

const chooseParent: Reducer = (state) => {
  const parent = lineage(state.server.nodes, state.choice.node).at(-2);
  return parent ? chooseNode(parent.id)(state) : state;
};
