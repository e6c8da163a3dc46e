/** How the tree is displayed: views, marks, folded branches, zoom. */
import { toggleFold } from "../../changes/foldedBranches";
import { withChoice, withScreen, withTreeDisplay } from "../../changes/patches";
import { MAX_MARKED_NODES, zoomAfterSteps, toggleId } from "../../selectors/tree";
import type { Metric, TreeView } from "../../choice";
import { noSampleChoice } from "../../changes/sampleChoice";
import type { SampleChange } from "../../choice";
import type { RequestStatus } from "../../dialog";
import type { State } from "../../state";
import { chooseNode } from "../choose";
import type { Context } from "../context";

const idleRequestStatus: RequestStatus = { error: null, isSending: false };

export function createTreeActions({ store, notify }: Context) {
  const { dispatch } = store;
  return {
    showTree: (view: TreeView) => dispatch((state) => withChoice(withTreeDisplay(state, { view }), { panel: "tree" })),
    markNode: (id: number) => {
      const reason = explainMarkRefusal(store.state(), id);
      if (reason) notify(reason, "neutral");
      else dispatch((state) => withTreeDisplay(state, { markedIds: toggleId(state.choice.tree.markedIds, id) }));
    },
    unmarkAll: () => dispatch((state) => withTreeDisplay(state, { markedIds: [] })),
    toggleFold: (id: number) => dispatch(toggleFold(id)),
    zoomTree: (by: number) =>
      dispatch((state) => withTreeDisplay(state, { zoom: by === 0 ? 1 : zoomAfterSteps(state.choice.tree.zoom, by) })),
    chooseAxes: (axes: { x?: Metric; y?: Metric }) => dispatch((state) => withTreeDisplay(state, axes)),
    chooseEstimate: (estimate: number | null) => dispatch((state) => withTreeDisplay(state, { estimate })),
    openNodeDialog: (kind: "estimate" | "autopilot" | "controls" | "measure" | "provenance", node: number) =>
      dispatch((state) => withScreen(state, { dialog: { kind, node, ...idleRequestStatus } })),
    /**
     * Chooses `node`, and marks the samples that have degraded or improved (as `change` says) compared with the node
     * `against`.
     */
    showFlips: (against: number, node: number, change: SampleChange) =>
      dispatch((state) =>
        withChoice(chooseNode(node)(state), { ...noSampleChoice, against, changes: [change], panel: null }),
      ),
    openFind: () => dispatch((state) => withScreen(state, { dialog: { kind: "find", text: "" } })),
    setFindText: (text: string) => dispatch((state) => withScreen(state, { dialog: { kind: "find", text } })),
  };
}

/** Returns the reason why a node cannot be marked; null if it can be marked or unmarked. */
export function explainMarkRefusal({ server, choice }: State, id: number): string | null {
  const { markedIds } = choice.tree;
  const node = server.nodes[id];
  if (!node || markedIds.includes(id)) return null;
  if (node.state !== "ready") return `Only finished nodes can be compared, but node ${node.number} is ${node.state}.`;
  return markedIds.length >= MAX_MARKED_NODES
    ? `Five nodes are already marked. Unmark one with C, then mark node ${node.number}.`
    : null;
}
