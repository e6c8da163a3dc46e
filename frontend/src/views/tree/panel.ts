/** The Tree panel: reads the State, lays out, draws. */
import type { Node } from "../../api/values";
import { part } from "../../marks/part";
import { chosenGhost } from "../../state/ghost";
import { chosenNode, isActive, lineage, treeNodes } from "../../state/select";
import type { State } from "../../state/state";
import { layoutNodeAxis, type NodeAxis } from "../axis/nodeAxis";
import type { Panel, Tool } from "../panel";
import { drawFacts } from "./facts";
import { layoutTree } from "./layout";
import { drawEmpty } from "../empty";
import { describeHint, isEmpty } from "./hint";
import { drawTree, type TreeData } from "./tree";
import { describeNode } from "./words";

const FACTS_HEIGHT = 44;
const NOTHING = { title: "No experiment yet", sentence: "Choose data and a network: the root is trained here or read from a checkpoint." };

export const treePanel: Panel = {
  id: "tree",
  title: "Tree",
  sub: () => "accuracy %, compression ×",
  tools: listTools,
  charts: [{ name: "tree", title: "Tree", selector: "svg.chart", rows: listRows }],
  keys: [
    { keys: "s", help: "star the node", run: (act, state) => state.choice.node !== null && act.toggleStar(state.choice.node) },
    { keys: "n", help: "note on the node", run: (act, { choice }) => choice.node !== null && act.openDialog({ kind: "note", node: choice.node }) },
  ],
  inputs: ({ server, choice, hover, screen, draft }) => [
    server.nodes, server.plans, server.jobs, server.experiments, screen.questions,
    choice.node, choice.experiment, choice.plan, hover.node, screen.pan, draft,
  ],
  draw: (body, state, act, { width, height }) => {
    const axis = chosenAxis(state, width);
    const box = part(body, "div", "tree");
    drawTree(box, treeData(state, axis, height - FACTS_HEIGHT), {
      onChoose: act.chooseNode,
      onStep: act.stepNode,
      onParent: act.chooseParent,
      onHover: (id) => (id === null ? act.unhover() : act.hover({ node: id, readout: readoutOf(state, id) })),
      onPan: act.panTo,
    });
    drawHint(box, describeHint(state));
    drawEmpty(box, isEmpty(state) ? { ...NOTHING, button: { text: "New experiment…", run: act.openNewExperiment } } : null);
    drawFacts(part(body, "div", "facts").attr("data-testid", "facts"), chosenNode(state));
  },
};

/** The axis that tree and statistics share at this width. */
export function chosenAxis(state: State, width: number): NodeAxis {
  const last = treeNodes(state).at(-1)?.number ?? 0;
  const places = last + 1 + (chosenGhost(state) ? 1 : 0);
  return layoutNodeAxis({ width, places, pan: state.screen.pan, chosen: chosenNode(state)?.number ?? 0 });
}

function treeData(state: State, axis: NodeAxis, height: number): TreeData {
  const nodes = treeNodes(state);
  const chosen = chosenNode(state);
  const path = new Set(lineage(state.server.nodes, state.choice.node).map((node) => node.id));
  const hovered = state.hover.node;
  const running = Object.values(state.server.jobs).filter((job) => isActive(job) && job.node_id !== null);
  return {
    layout: layoutTree({ nodes, axis, ghost: chosenGhost(state), chosen: chosen?.id ?? null, lineage: path, hovered }),
    axis,
    chosen,
    hovered,
    height,
    progress: new Map(running.filter(makesNode).map((job) => [job.node_id!, job.progress])),
    describe: (node) => describeFor(state, node),
  };
}

const makesNode = ({ kind }: { kind: string }): boolean => kind === "root" || kind === "prune";

const readoutOf = (state: State, id: number) => {
  const node = state.server.nodes[id];
  return node ? describeNode(node, state.server.nodes[node.parent_id ?? -1]) : null;
};

function describeFor(state: State, node: Node): string {
  const { title, text } = describeNode(node, state.server.nodes[node.parent_id ?? -1]);
  return `${title}: ${text}`;
}

function drawHint(box: Parameters<typeof part>[0], hint: string): void {
  part(box, "p", "hint").text(hint).attr("hidden", hint ? null : "");
}

function listTools(state: State): readonly Tool[] {
  const node = chosenNode(state);
  const disabled = node === null;
  return [
    { id: "star", icon: "star", title: "Star (S)", pressed: node?.starred ?? false, disabled, run: (act) => node && act.toggleStar(node.id) },
    { id: "note", icon: "note", title: "Note (N)", disabled, run: (act) => node && act.openDialog({ kind: "note", node: node.id }) },
  ];
}

const COLUMNS = [
  "number", "state", "accuracy", "test_accuracy", "loss", "filters", "free_filters", "parameters", "macs", "size_bytes",
  "compression", "epochs", "recovered", "degraded", "improved", "starred", "note",
] as const;

function listRows(state: State) {
  const byId = state.server.nodes;
  const write = (value: Node[(typeof COLUMNS)[number]]): string | number | null =>
    typeof value === "boolean" ? String(value) : value;
  return [
    ["parent", ...COLUMNS],
    ...treeNodes(state).map((node) => [byId[node.parent_id ?? -1]?.number ?? null, ...COLUMNS.map((name) => write(node[name]))]),
  ];
}
