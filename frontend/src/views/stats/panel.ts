/** The Statistics panel: charts that share the node axis of the tree, and the confusion matrix. */
import { type Readout, type State } from "../../state/state";
import { ensureElement, type Box } from "../../marks/elements";
import { trackScroll } from "../../marks/scroll";
import type { Actions } from "../../state/actions";
import { draftGhost } from "../../state/selectors/ghost";
import { chosenNode, treeNodes } from "../../state/selectors/select";
import { drawConfusionChart } from "../confusion/confusion";
import { confusionCaption, confusionRows } from "../confusion/rows";
import type { Panel, Size } from "../panel";
import { currentNodeAxis, currentFullNodeAxis } from "../axis/chosenAxis";
import { visibleNodes } from "../nodes/visibleNodes";
import type { NodeAxis } from "../axis/nodeAxis";
import type { StatsChart } from "./chart";
import { minChartsHeight } from "./layout";
import { drawNodeCharts, type NodeChartsData } from "./nodeCharts";
import { toNodeStats, type NodeStats } from "./nodeStats";
import { CHARTS } from "./registry";

const MIN_CHARTS_HEIGHT = minChartsHeight(CHARTS);
const MIN_CONFUSION_MATRIX_HEIGHT = 208;
const CONFUSION_MATRIX_WIDTH = 660;
/** Maximum height of the charts in a panel that is not enlarged, as a multiple of their minimum height. */
const MAX_CHARTS_HEIGHT_FACTOR = 1.35;

export const statsPanel: Panel = {
  id: "stats",
  title: "Statistics",
  subtitle: () => "per node, selection split; same columns as the tree",
  tools: () => [],
  charts: [
    {
      name: "statistics",
      title: "Charts by node",
      selector: "svg.charts",
      drawFullContent: drawFullCharts,
      fileCaption: () => "per node, selection split",
      rows: listRows,
    },
    {
      name: "confusion",
      title: "Confusion matrix",
      selector: ".matrix",
      fileCaption: confusionCaption,
      rows: confusionRows,
    },
  ],
  keys: [],
  draw: (body, state, act, size) => {
    const isEnlarged = state.choice.panel === "stats";
    const charts = chartsSize(size, isEnlarged);
    drawVisibleCharts(ensureElement(body, "div", "nodecharts"), state, act, charts);
    const room = isEnlarged
      ? { width: CONFUSION_MATRIX_WIDTH, height: size.height }
      : { width: size.width, height: size.height - charts.height };
    drawConfusionChart(ensureElement(body, "div", "confusion"), state, act, {
      width: room.width,
      height: Math.max(MIN_CONFUSION_MATRIX_HEIGHT, room.height),
    });
    trackScroll(body.node()!, () => state.screen.statsScroll, act.scrollStats);
  },
};

/** Returns the size of the charts. They are above the confusion matrix or, if the panel is enlarged, next to it. */
function chartsSize({ width, height }: Size, isEnlarged: boolean): Size {
  if (isEnlarged) return { width: width - CONFUSION_MATRIX_WIDTH - 1, height };
  return {
    width,
    height: Math.max(
      MIN_CHARTS_HEIGHT,
      Math.min(Math.round(MIN_CHARTS_HEIGHT * MAX_CHARTS_HEIGHT_FACTOR), height - MIN_CONFUSION_MATRIX_HEIGHT - 40),
    ),
  };
}

function drawVisibleCharts(box: Box, state: State, act: Actions, { width, height }: Size): void {
  drawNodeCharts(box, chartsData(state, currentNodeAxis(state, width), height), {
    onChoose: act.chooseNode,
    onHover: (stats, chart) =>
      stats && chart ? act.hover({ node: stats.node.id, readout: columnReadout(stats, chart) }) : act.clearHover(),
    onPan: act.panTo,
  });
}

const columnReadout = (stats: NodeStats, chart: StatsChart): Readout => ({
  title: `Node ${stats.node.number}`,
  text: chart.describe(stats),
});

/** Draws the charts with all nodes, for saving. The columns are as wide as in a panel of the given width. */
function drawFullCharts(box: Box, state: State, width: number): void {
  const data = chartsData(
    state,
    currentFullNodeAxis(state, width),
    Math.round(MIN_CHARTS_HEIGHT * MAX_CHARTS_HEIGHT_FACTOR),
  );
  drawNodeCharts(box, data, { onChoose: doNothing, onHover: doNothing, onPan: doNothing });
}

const doNothing = (): void => undefined;

const chartsData = (state: State, axis: NodeAxis, height: number): NodeChartsData => ({
  charts: CHARTS,
  stats: removeHiddenNodes(state, experimentStats(state)),
  axis,
  ghost: draftGhost(state),
  chosen: chosenNode(state),
  height,
});

/**
 * Removes the statistics of nodes that are hidden in folded branches of the tree, because they have no column on the
 * axis.
 */
function removeHiddenNodes(state: State, stats: readonly NodeStats[]): readonly NodeStats[] {
  const { nodeById } = visibleNodes(state);
  return stats.filter(({ node }) => nodeById.has(node.id));
}

const experimentStats = (state: State): readonly NodeStats[] =>
  treeNodes(state).map((node) => toNodeStats(node, state.server.epochs[node.id] ?? []));

function listRows(state: State): (string | number | null)[][] {
  const columns = CHARTS.flatMap((chart) => chart.columns);
  return [
    ["node", ...columns.map(({ name }) => name)],
    ...experimentStats(state).map((stats) => [stats.node.number, ...columns.map(({ value }) => value(stats))]),
  ];
}
