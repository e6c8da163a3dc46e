/** The Statistics panel: charts on the tree's axis and the confusion matrix. */
import { type Readout, type State } from "../../state/state";
import { ensureElement, type Box } from "../../marks/elements";
import { trackScroll } from "../../marks/scroll";
import type { Actions } from "../../state/actions";
import { chosenGhost } from "../../state/selectors/ghost";
import { chosenNode, treeNodes } from "../../state/selectors/select";
import { drawConfusion } from "../confusion/confusion";
import { confusionCaption, confusionRows } from "../confusion/rows";
import type { Panel, Size } from "../panel";
import { chosenAxis, chosenWholeAxis } from "../axis/chosenAxis";
import { shownNodes } from "../nodes/shown";
import type { NodeAxis } from "../axis/nodeAxis";
import type { StatsChart } from "./chart";
import { leastHeight } from "./layout";
import { drawNodeCharts, type NodeChartsData } from "./nodeCharts";
import { toStats, type NodeStats } from "./nodeStats";
import { CHARTS } from "./registry";

const CHARTS_HEIGHT = leastHeight(CHARTS);
const CONFUSION_MIN = 208;
const CONFUSION_WIDE = 660;
/** How much higher than at their least the charts become. */
const MOST = 1.35;

export const statsPanel: Panel = {
  id: "stats",
  title: "Statistics",
  subtitle: () => "per node, selection split; columns continue the tree’s",
  tools: () => [],
  charts: [
    {
      name: "statistics",
      title: "Charts per node",
      selector: "svg.charts",
      drawAll: drawWholeCharts,
      about: () => "per node, selection split",
      rows: listRows,
    },
    { name: "confusion", title: "Confusion matrix", selector: ".matrix", about: confusionCaption, rows: confusionRows },
  ],
  keys: [],
  draw: (body, state, act, size) => {
    const isBig = state.choice.panel === "stats";
    const charts = chartsSize(size, isBig);
    drawShownCharts(ensureElement(body, "div", "nodecharts"), state, act, charts);
    const room = isBig
      ? { width: CONFUSION_WIDE, height: size.height }
      : { width: size.width, height: size.height - charts.height };
    drawConfusion(ensureElement(body, "div", "confusion"), state, act, {
      width: room.width,
      height: Math.max(CONFUSION_MIN, room.height),
    });
    trackScroll(body.node()!, () => state.screen.stats, act.scrollStats);
  },
};

/** Small: the charts on top, the matrix below. Enlarged: side by side. */
function chartsSize({ width, height }: Size, isBig: boolean): Size {
  if (isBig) return { width: width - CONFUSION_WIDE - 1, height };
  return {
    width,
    height: Math.max(CHARTS_HEIGHT, Math.min(Math.round(CHARTS_HEIGHT * MOST), height - CONFUSION_MIN - 40)),
  };
}

function drawShownCharts(box: Box, state: State, act: Actions, { width, height }: Size): void {
  drawNodeCharts(box, chartsData(state, chosenAxis(state, width), height), {
    onChoose: act.chooseNode,
    onHover: (stats, chart) =>
      stats && chart ? act.hover({ node: stats.node.id, readout: readColumn(stats, chart) }) : act.clearHover(),
    onPan: act.panTo,
  });
}

const readColumn = (stats: NodeStats, chart: StatsChart): Readout => ({
  title: `Node ${stats.node.number}`,
  text: chart.describe(stats),
});

/** All nodes, in the columns that they have in a window of that width, and as high as they become in the small panel. */
function drawWholeCharts(box: Box, state: State, width: number): void {
  const data = chartsData(state, chosenWholeAxis(state, width), Math.round(CHARTS_HEIGHT * MOST));
  drawNodeCharts(box, data, { onChoose: nothing, onHover: nothing, onPan: nothing });
}

const nothing = (): void => undefined;

const chartsData = (state: State, axis: NodeAxis, height: number): NodeChartsData => ({
  charts: CHARTS,
  stats: unfolded(state, chosenStats(state)),
  axis,
  ghost: chosenGhost(state),
  chosen: chosenNode(state),
  height,
});

/** What is folded in the tree has no column either. */
function unfolded(state: State, stats: readonly NodeStats[]): readonly NodeStats[] {
  const { byId } = shownNodes(state);
  return stats.filter(({ node }) => byId.has(node.id));
}

const chosenStats = (state: State): readonly NodeStats[] =>
  treeNodes(state).map((node) => toStats(node, state.server.epochs[node.id] ?? []));

function listRows(state: State): (string | number | null)[][] {
  const columns = CHARTS.flatMap((chart) => chart.columns);
  return [
    ["node", ...columns.map(({ name }) => name)],
    ...chosenStats(state).map((stats) => [stats.node.number, ...columns.map(({ value }) => value(stats))]),
  ];
}
