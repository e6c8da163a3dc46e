/** Buttons and keys of the Tree panel. */
import type { Node } from "../../api/values";
import { chosenNode } from "../../state/selectors/select";
import type { State } from "../../state/state";
import { markedNodes } from "../../state/selectors/tree";
import type { TreeView } from "../../state/choice";
import type { Actions } from "../../state/actions";
import type { Key, Tool, ToolItem } from "../panel";

export function listTools(state: State): readonly Tool[] {
  const node = chosenNode(state);
  const isReady = node?.state === "ready";
  const marked = markedNodes(state).length;
  const compare = marked < 2 ? "Compare: mark two to five nodes with C first" : `Compare ${marked} nodes (Shift C)`;
  return [
    {
      id: "estimate",
      icon: "target",
      title: "Estimator: how many filters to keep (T)",
      disabled: !isReady,
      run: (act) => node && act.openNodeDialog("estimate", node.id),
    },
    { id: "compare", icon: "compare", title: compare, disabled: marked < 2, run: (act) => act.showTree("compare") },
    {
      id: "star",
      icon: "star",
      title: "Star (S)",
      pressed: node?.starred ?? false,
      disabled: node === null,
      run: (act) => node && act.toggleStar(node.id),
    },
    { id: "note", icon: "note", title: "Note (N)", disabled: node === null, run: (act) => node && act.openNote(node) },
    {
      id: "export",
      icon: "export",
      title: "Export: take the network away as a checked file (Shift E)",
      disabled: !isReady,
      run: (act) => node && act.openExport(node.id),
    },
    { id: "find", icon: "find", title: "Find a node (F)", disabled: node === null, run: (act) => act.openFind() },
    {
      id: "more",
      icon: "more",
      title: "More with this node",
      disabled: node === null,
      items: listItems(state, node),
      run: () => undefined,
    },
  ];
}

function listItems({ choice }: State, node: Node | null): readonly ToolItem[] {
  if (!node) return [];
  const isReady = node.state === "ready";
  const { marked, folded } = choice.tree;
  return [
    {
      id: "autopilot",
      text: "Autopilot from here… (W)",
      disabled: !isReady,
      run: (act) => act.openNodeDialog("autopilot", node.id),
    },
    {
      id: "controls",
      text: "Controls at equal size… (K)",
      disabled: !isReady || node.parent_id === null,
      run: (act) => act.openNodeDialog("controls", node.id),
    },
    {
      id: "measure",
      text: "Measure latency and test… (M)",
      disabled: !isReady,
      run: (act) => act.openNodeDialog("measure", node.id),
    },
    {
      id: "mark",
      text: `${marked.includes(node.id) ? "Unmark" : "Mark"} for comparison (C)`,
      disabled: !isReady,
      run: (act) => act.markNode(node.id),
    },
    { id: "unmark", text: "Unmark all", disabled: marked.length === 0, run: (act) => act.unmarkAll() },
    { id: "tradeoff", text: "Trade-off of all nodes (G)", run: (act) => act.showTree("tradeoff") },
    {
      id: "fold",
      text: `${folded.includes(node.id) ? "Unfold" : "Fold"} what came of it (X)`,
      run: (act) => act.foldNode(node.id),
    },
    {
      id: "delete-branch",
      text: "Delete branch… (Delete)",
      disabled: node.parent_id === null,
      run: (act) => act.askDeleteBranch(node.id),
    },
  ];
}

type OnNode = (act: Actions, node: Node) => void;

const withNode =
  (run: OnNode, isApplicable: (node: Node) => boolean = () => true): Key["run"] =>
  (act, state) => {
    const node = chosenNode(state);
    if (node && isApplicable(node)) run(act, node);
  };

const isReady = (node: Node): boolean => node.state === "ready";
const isChild = (node: Node): boolean => node.parent_id !== null;

/** Shows the view, or the tree again where it is shown already. */
const toggleView =
  (view: TreeView): Key["run"] =>
  (act, { choice }) => {
    if (choice.panel === "tree" && choice.tree.view === view) act.enlarge(null);
    else act.showTree(view);
  };

export const TREE_KEYS: readonly Key[] = [
  { keys: "s", help: "star the node", run: withNode((act, node) => act.toggleStar(node.id)) },
  { keys: "n", help: "note on the node", run: withNode((act, node) => act.openNote(node)) },
  {
    keys: "t",
    help: "estimator: how many filters to keep",
    run: withNode((act, node) => act.openNodeDialog("estimate", node.id), isReady),
  },
  {
    keys: "w",
    help: "Autopilot from the node",
    run: withNode((act, node) => act.openNodeDialog("autopilot", node.id), isReady),
  },
  {
    keys: "k",
    help: "controls at equal size",
    run: withNode(
      (act, node) => act.openNodeDialog("controls", node.id),
      (node) => isReady(node) && isChild(node),
    ),
  },
  {
    keys: "Shift+E",
    help: "export the node as a checked file",
    run: withNode((act, node) => act.openExport(node.id), isReady),
  },
  {
    keys: "m",
    help: "measure latency, and test accuracy once",
    run: withNode((act, node) => act.openNodeDialog("measure", node.id), isReady),
  },
  {
    keys: "c",
    help: "mark the node for comparison, or let it go",
    run: withNode((act, node) => act.markNode(node.id)),
  },
  { keys: "Shift+C", help: "compare the marked nodes, and back", run: toggleView("compare") },
  { keys: "g", help: "trade-off of all nodes, and back", run: toggleView("tradeoff") },
  { keys: "f", help: "find a node by number, note or maker", run: (act) => act.openFind() },
  { keys: "x", help: "fold or unfold what came of the node", run: withNode((act, node) => act.foldNode(node.id)) },
  { keys: "+", help: "magnify the tree", run: (act) => act.zoomTree(1) },
  { keys: "-", help: "more nodes in the tree", run: (act) => act.zoomTree(-1) },
  { keys: "0", help: "tree in its usual size", run: (act) => act.zoomTree(0) },
  {
    keys: "Delete",
    help: "delete the node and all that came of it; asks first",
    run: withNode((act, node) => act.askDeleteBranch(node.id), isChild),
  },
];
