/** The Tree panel: the tree and, if the panel is enlarged, the comparison and the trade-off. */
import { ensureElement, type Box } from "../../marks/elements";
import { chosenNode } from "../../state/selectors/select";
import type { State } from "../../state/state";
import type { TreeView } from "../../state/choice";
import type { Actions } from "../../state/actions";
import { drawCompareView } from "../compare/compare";
import { comparisonRows } from "../compare/rows";
import { drawTradeoffView } from "../tradeoff/tradeoff";
import { tradeoffRows } from "../tradeoff/points";
import type { Panel, Size } from "../panel";
import { deleteBranchDialog } from "./dialogs/branch";
import { controlNodesDialog } from "./dialogs/controls";
import { estimateDialog } from "./dialogs/estimate";
import { exportDialog } from "./dialogs/export";
import { findDialog } from "./dialogs/find";
import { measureLatencyDialog } from "./dialogs/measure";
import { provenanceDialog } from "./dialogs/provenance";
import { autopilotDialog } from "./dialogs/autopilot";
import { suggestionDialog } from "./dialogs/suggestion/suggestion";
import { drawFacts } from "./facts";
import { listRows } from "./rows";
import { drawTabs } from "./tabs";
import { listTools, TREE_SHORTCUTS } from "./tools";
import { drawTreeView, drawFullTree } from "./treeView";

const FACTS_HEIGHT = 44;
const TABS_HEIGHT = 36;

const SUBTITLE_BY_VIEW: Record<TreeView, string> = {
  tree: "accuracy %, size ×",
  compare: "marked nodes side by side, selection split",
  tradeoff: "all nodes of the tree, selection split",
};

export const treePanel: Panel = {
  id: "tree",
  title: "Tree",
  subtitle: (state) => SUBTITLE_BY_VIEW[shownView(state)],
  tools: listTools,
  charts: [
    {
      name: "tree",
      title: "Tree",
      selector: "svg.chart",
      drawFullContent: drawFullTree,
      fileCaption: () => "accuracy on the selection split, %; size: the root's parameters divided by the node's",
      show: (act) => act.showTree("tree"),
      rows: listRows,
    },
    {
      name: "trade-off",
      title: "Trade-off",
      selector: "svg.tradeoff",
      fileCaption: () => "all nodes of the tree, selection split",
      show: (act) => act.showTree("tradeoff"),
      emptyHint: "train a node, and measure both metrics on the axes.",
      rows: tradeoffRows,
    },
    {
      name: "comparison",
      title: "Comparison",
      selector: ".compared",
      fileCaption: () => "marked nodes side by side, selection split",
      show: (act) => act.showTree("compare"),
      emptyHint: "mark two to five nodes with C, then press Shift+C.",
      rows: comparisonRows,
    },
  ],
  keys: TREE_SHORTCUTS,
  dialogs: {
    estimate: estimateDialog,
    suggestion: suggestionDialog,
    autopilot: autopilotDialog,
    controls: controlNodesDialog,
    branch: deleteBranchDialog,
    find: findDialog,
    export: exportDialog,
    measure: measureLatencyDialog,
    provenance: provenanceDialog,
  },
  draw: (body, state, act, size) => {
    const view = shownView(state);
    drawTabs(body, view, state.choice.panel === "tree", act.showTree);
    const room = {
      width: size.width,
      height: size.height - FACTS_HEIGHT - (state.choice.panel === "tree" ? TABS_HEIGHT : 0),
    };
    drawView(body, view, { state, act, room });
    drawFacts(ensureElement(body, "div", "facts").attr("data-testid", "facts"), chosenNode(state), (dialog, node) =>
      act.openNodeDialog(dialog, node.id),
    );
  },
};

/** Returns the view that the panel shows, which is always the tree if the panel is not enlarged. */
const shownView = ({ choice }: State): TreeView => (choice.panel === "tree" ? choice.tree.view : "tree");

interface ViewInput {
  readonly state: State;
  readonly act: Actions;
  readonly room: Size;
}

function drawView(body: Box, view: TreeView, { state, act, room }: ViewInput): void {
  const viewsBox = ensureElement(body, "div", "treeviews");
  const halfWidth = Math.floor(room.width / 2);
  const tree = ensureElement(viewsBox, "div", "tree").attr("hidden", view === "compare" ? "" : null);
  const compare = ensureElement(viewsBox, "div", "compare").attr("hidden", view === "compare" ? null : "");
  const tradeoffBox = ensureElement(viewsBox, "div", "tradeoffs").attr("hidden", view === "tradeoff" ? null : "");
  if (view === "compare") drawCompareView(compare, state, act, room);
  else drawTreeView(tree, state, act, view === "tradeoff" ? { ...room, width: halfWidth } : room);
  if (view === "tradeoff") drawTradeoffView(tradeoffBox, state, act, { ...room, width: room.width - halfWidth });
}
