/** The buttons and keyboard shortcuts of the Tree panel. */
import type { Node } from "../../api/values";
import { chosenNode } from "../../state/selectors/select";
import type { State } from "../../state/state";
import { markedNodes } from "../../state/selectors/tree";
import type { TreeView } from "../../state/choice";
import type { Actions } from "../../state/actions";
import type { Key, PanelTool, ToolMenuItem } from "../panel";

export function listTools(state: State): readonly PanelTool[] {
  const node = chosenNode(state);
  const isReady = node?.state === "ready";
  const markedCount = markedNodes(state).length;
  const compareTitle =
    markedCount < 2 ? "Compare: first mark two to five nodes with C" : `Compare ${markedCount} nodes (Shift+C)`;
  return [
    {
      id: "estimate",
      icon: "target",
      title: "Estimate how many filters to keep (T)",
      disabled: !isReady,
      run: (act) => node && act.openNodeDialog("estimate", node.id),
    },
    {
      id: "compare",
      icon: "compare",
      title: compareTitle,
      disabled: markedCount < 2,
      run: (act) => act.showTree("compare"),
    },
    {
      id: "star",
      icon: "star",
      title: "Star the node (S)",
      pressed: node?.starred ?? false,
      disabled: node === null,
      run: (act) => node && act.toggleStar(node.id),
    },
    {
      id: "note",
      icon: "note",
      title: "Edit the node’s note (N)",
      disabled: node === null,
      run: (act) => node && act.openNote(node),
    },
    {
      id: "export",
      icon: "export",
      title: "Export the network in a portable format (Shift+E)",
      disabled: !isReady,
      run: (act) => node && act.openExportDialog(node.id),
    },
    { id: "find", icon: "find", title: "Find a node (F)", disabled: node === null, run: (act) => act.openFind() },
    {
      id: "more",
      icon: "more",
      title: "More actions for this node",
      disabled: node === null,
      items: listMenuItems(state, node),
      run: () => undefined,
    },
  ];
}

function listMenuItems({ choice }: State, node: Node | null): readonly ToolMenuItem[] {
  if (!node) return [];
  const isReady = node.state === "ready";
  const { markedIds, foldedIds } = choice.tree;
  return [
    {
      id: "suggestion",
      text: "Suggest a plan… (Shift+S)",
      disabled: !isReady,
      run: (act) => act.openSuggestionDialog(node.id),
    },
    {
      id: "autopilot",
      text: "Start Autopilot here… (W)",
      disabled: !isReady,
      run: (act) => act.openNodeDialog("autopilot", node.id),
    },
    {
      id: "controls",
      text: "Create control nodes of equal size… (K)",
      disabled: !isReady || node.parent_id === null,
      run: (act) => act.openNodeDialog("controls", node.id),
    },
    {
      id: "measure",
      text: "Measure latency or test accuracy… (M)",
      disabled: !isReady,
      run: (act) => act.openNodeDialog("measure", node.id),
    },
    {
      id: "provenance",
      text: "Show how the node was trained… (J)",
      run: (act) => act.openNodeDialog("provenance", node.id),
    },
    {
      id: "mark",
      text: markedIds.includes(node.id) ? "Unmark this node (C)" : "Mark this node for comparison (C)",
      disabled: !isReady,
      run: (act) => act.markNode(node.id),
    },
    { id: "unmark", text: "Unmark all nodes", disabled: markedIds.length === 0, run: (act) => act.unmarkAll() },
    {
      id: "tradeoff",
      text: "Plot the trade-off between two metrics for all nodes (G)",
      run: (act) => act.showTree("tradeoff"),
    },
    {
      id: "fold",
      text: foldedIds.includes(node.id) ? "Unfold the node’s descendants (X)" : "Fold the node’s descendants (X)",
      run: (act) => act.toggleFold(node.id),
    },
    {
      id: "delete-branch",
      text: "Delete branch… (Delete)",
      disabled: node.parent_id === null,
      run: (act) => act.openDeleteBranchDialog(node.id),
    },
  ];
}

type NodeAction = (act: Actions, node: Node) => void;

/** Returns the reason why a keyboard shortcut does not work at this node; null if it works. */
type PreconditionCheck = (node: Node) => string | null;

/**
 * Returns a function that runs an action on the chosen node. If one of the checks finds an obstacle, the function
 * notifies the user of the obstacle instead.
 */
const runOnChosenNode =
  (run: NodeAction, ...preconditionChecks: readonly PreconditionCheck[]): Key["run"] =>
  (act, state) => {
    const node = chosenNode(state);
    if (!node) return;
    const reason = preconditionChecks.map((check) => check(node)).find((text) => text !== null);
    if (reason) act.notify(reason);
    else run(act, node);
  };

const checkReady: PreconditionCheck = ({ state, number }) =>
  state === "ready" ? null : `Node ${number} is ${state}. Choose a finished node.`;
const checkControlNodesAllowed: PreconditionCheck = ({ parent_id }) =>
  parent_id === null
    ? "The root cannot have control nodes, because nothing was removed from it. Choose a pruned node."
    : null;
const checkDeletable: PreconditionCheck = ({ parent_id }) =>
  parent_id === null
    ? "The root cannot be deleted on its own. To delete it, delete the whole experiment in the experiment menu."
    : null;

/**
 * Returns a function that shows a view in the enlarged Tree panel or, if that view is already shown, leaves the
 * enlarged panel.
 */
const toggleTreeView =
  (view: TreeView): Key["run"] =>
  (act, { choice }) => {
    if (choice.panel === "tree" && choice.tree.view === view) act.enlarge(null);
    else act.showTree(view);
  };

export const TREE_SHORTCUTS: readonly Key[] = [
  { keys: "s", help: "star the node", run: runOnChosenNode((act, node) => act.toggleStar(node.id)) },
  { keys: "n", help: "edit the node’s note", run: runOnChosenNode((act, node) => act.openNote(node)) },
  {
    keys: "t",
    help: "estimate how many filters to keep",
    run: runOnChosenNode((act, node) => act.openNodeDialog("estimate", node.id), checkReady),
  },
  {
    keys: "Shift+S",
    help: "search for the best plan for the node",
    run: runOnChosenNode((act, node) => act.openSuggestionDialog(node.id), checkReady),
  },
  {
    keys: "w",
    help: "start Autopilot at the node",
    run: runOnChosenNode((act, node) => act.openNodeDialog("autopilot", node.id), checkReady),
  },
  {
    keys: "k",
    help: "create control nodes of the same size as this one",
    run: runOnChosenNode((act, node) => act.openNodeDialog("controls", node.id), checkReady, checkControlNodesAllowed),
  },
  {
    keys: "Shift+E",
    help: "export the node’s network in a portable format",
    run: runOnChosenNode((act, node) => act.openExportDialog(node.id), checkReady),
  },
  {
    keys: "m",
    help: "measure latency or test accuracy",
    run: runOnChosenNode((act, node) => act.openNodeDialog("measure", node.id), checkReady),
  },
  {
    keys: "j",
    help: "show how the node was trained and which accuracy was forecast",
    run: runOnChosenNode((act, node) => act.openNodeDialog("provenance", node.id)),
  },
  {
    keys: "c",
    help: "mark the node for comparison, or unmark it",
    run: runOnChosenNode((act, node) => act.markNode(node.id)),
  },
  { keys: "Shift+C", help: "compare the marked nodes, or return to the tree", run: toggleTreeView("compare") },
  {
    keys: "g",
    help: "plot the trade-off between two metrics for all nodes, or return to the tree",
    run: toggleTreeView("tradeoff"),
  },
  { keys: "f", help: "find a node by its number, its note or how it was made", run: (act) => act.openFind() },
  {
    keys: "x",
    help: "fold or unfold the node’s descendants",
    run: runOnChosenNode((act, node) => act.toggleFold(node.id)),
  },
  { keys: "+", help: "zoom in on the tree", run: (act) => act.zoomTree(1) },
  { keys: "-", help: "zoom out: show more nodes", run: (act) => act.zoomTree(-1) },
  { keys: "0", help: "reset the tree’s zoom", run: (act) => act.zoomTree(0) },
  {
    keys: "Delete",
    help: "delete the node and its descendants, after confirmation",
    run: runOnChosenNode((act, node) => act.openDeleteBranchDialog(node.id), checkDeletable),
  },
];
