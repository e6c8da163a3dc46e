/** Draws the Tree panel's tree from the State. */
import type { Node } from "../../api/values";
import { ensureElement, type Box } from "../../marks/elements";
import type { Actions } from "../../state/actions";
import { draftGhost } from "../../state/selectors/ghost";
import { chosenNode, isActiveJob, lineage } from "../../state/selectors/select";
import type { State } from "../../state/state";
import { currentNodeAxis, currentFullNodeAxis, followedNode } from "../axis/chosenAxis";
import type { NodeAxis } from "../axis/nodeAxis";
import { drawEmptyState } from "../empty";
import type { Size } from "../panel";
import { describeHint, hasNoExperiments } from "./hint";
import { layoutTree } from "./layout/layout";
import { visibleNodes } from "../nodes/visibleNodes";
import { listTags } from "../nodes/tags";
import { drawTree, drawTreeChart, type TreeCallbacks, type TreeData } from "./chart/tree";
import { describeDraftGhost, buildNodeReadout, findNodeReadout } from "../nodes/descriptions";

const NO_EXPERIMENT_TEXTS = {
  title: "No experiment yet",
  sentence: "Choose data and a network. The root is then trained here or loaded from a checkpoint.",
};

export function drawTreeView(box: Box, state: State, act: Actions, { width, height }: Size): void {
  const data = treeData(state, currentNodeAxis(state, width), height);
  drawTree(box, data, {
    onChoose: act.chooseNode,
    onChooseAdjacentNode: act.chooseAdjacentNode,
    onChooseParent: act.chooseParent,
    onHover: (id) => (id === null ? act.clearHover() : act.hover({ node: id, readout: findNodeReadout(state, id) })),
    onPan: act.panTo,
    onZoom: act.zoomTree,
    onToggleFold: act.toggleFold,
    onOpenEstimate: (id) =>
      act.openNodeDialog("estimate", state.server.estimates[id]?.node_id ?? state.choice.node ?? 0),
  });
  box.classed("leafless", data.layout.positions.length === 0);
  const hint = describeHint(state);
  ensureElement(box, "p", "hint")
    .text(hint)
    .attr("hidden", hint ? null : "");
  drawEmptyState(
    box,
    hasNoExperiments(state)
      ? { ...NO_EXPERIMENT_TEXTS, button: { text: "New experiment…", run: act.openNewExperimentDialog } }
      : null,
  );
}

const doNothing = (): void => undefined;
const NO_CALLBACKS: TreeCallbacks = {
  onChoose: doNothing,
  onChooseAdjacentNode: doNothing,
  onChooseParent: doNothing,
  onHover: doNothing,
  onPan: doNothing,
  onZoom: doNothing,
  onToggleFold: doNothing,
  onOpenEstimate: doNothing,
};

/** Draws the tree with all nodes, for saving. The columns are as wide as in a panel of the given width. */
export function drawFullTree(box: Box, state: State, width: number): void {
  const data = treeData(state, currentFullNodeAxis(state, width), Infinity);
  drawTreeChart(box, data, NO_CALLBACKS, data.layout.height);
}

function treeData(state: State, axis: NodeAxis, height: number): TreeData {
  const { server, choice, hover } = state;
  const shown = visibleNodes(state);
  const lineageIds = new Set(lineage(server.nodes, choice.node).map((node) => node.id));
  const activeJobs = Object.values(server.jobs).filter((job) => isActiveJob(job) && job.node_id !== null);
  const tagInput = {
    nodes: shown.nodes,
    autopilots: Object.values(server.autopilots),
    estimates: Object.values(server.estimates),
  };
  const estimate = server.estimates[choice.tree.estimate ?? -1] ?? null;
  return {
    layout: layoutTree({
      visibleNodes: shown,
      axis,
      height,
      ghost: draftGhost(state),
      estimate,
      lineage: lineageIds,
      hovered: hover.node,
      tags: listTags(tagInput),
      markedIds: choice.tree.markedIds,
    }),
    axis,
    chosen: chosenNode(state),
    followedNode: followedNode(state),
    hovered: hover.node,
    height,
    zoom: choice.tree.zoom,
    progress: new Map(activeJobs.filter(createsNode).map((job) => [job.node_id!, job.progress])),
    describe: (node) => describeNodeWithMark(state, node),
    ghostTitle: describeDraftGhost(draftGhost(state)),
  };
}

const createsNode = ({ kind }: { kind: string }): boolean => kind === "root" || kind === "prune";

function describeNodeWithMark({ server, choice }: State, node: Node): string {
  const { title, text } = buildNodeReadout(node, server.nodes);
  return `${title}: ${text}${choice.tree.markedIds.includes(node.id) ? " · marked for comparison" : ""}`;
}
