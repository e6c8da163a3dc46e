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
import { visibleNodes } from "../nodes/visibleNodes";
import type { NodeAxis } from "../axis/nodeAxis";
import type { StatsChart } from "./chart";
import { minHeight } from "./layout";
import { drawNodeCharts, type NodeChartsData } from "./nodeCharts";
import { toStats, type NodeStats } from "./nodeStats";
import { CHARTS } from "./registry";

const MIN_CHARTS_HEIGHT = minHeight(CHARTS);
const MIN_CONFUSION_HEIGHT = 208;
const CONFUSION_WIDTH = 660;
/** Maximum height of the charts, as a multiple of their minimum. */
const MAX_GROWTH = 1.35;

export const statsPanel: Panel = {
  id: "stats",
  title: "Statistics",
  subtitle: () => "per node, selection split; same columns as the tree",
  tools: () => [],
  charts: [
    {
      name: "statistics",
      title: "Charts per node",
      selector: "svg.charts",
      drawFullContent: drawWholeCharts,
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
      ? { width: CONFUSION_WIDTH, height: size.height }
      : { width: size.width, height: size.height - charts.height };
    drawConfusion(ensureElement(body, "div", "confusion"), state, act, {
      width: room.width,
      height: Math.max(MIN_CONFUSION_HEIGHT, room.height),
    });
    trackScroll(body.node()!, () => state.screen.statsScroll, act.scrollStats);
  },
};

/** Size of the charts, which are above the matrix, or beside it if the panel is enlarged. */
function chartsSize({ width, height }: Size, isBig: boolean): Size {
  if (isBig) return { width: width - CONFUSION_WIDTH - 1, height };
  return {
    width,
    height: Math.max(
      MIN_CHARTS_HEIGHT,
      Math.min(Math.round(MIN_CHARTS_HEIGHT * MAX_GROWTH), height - MIN_CONFUSION_HEIGHT - 40),
    ),
  };
}

function drawShownCharts(box: Box, state: State, act: Actions, { width, height }: Size): void {
  drawNodeCharts(box, chartsData(state, chosenAxis(state, width), height), {
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

/** Draws all nodes for saving, with the column width of a panel of this `width` and the maximum height of the small panel. */
function drawWholeCharts(box: Box, state: State, width: number): void {
  const data = chartsData(state, chosenWholeAxis(state, width), Math.round(MIN_CHARTS_HEIGHT * MAX_GROWTH));
  drawNodeCharts(box, data, { onChoose: ignore, onHover: ignore, onPan: ignore });
}

const ignore = (): void => undefined;

const chartsData = (state: State, axis: NodeAxis, height: number): NodeChartsData => ({
  charts: CHARTS,
  stats: withoutFolded(state, chosenStats(state)),
  axis,
  ghost: chosenGhost(state),
  chosen: chosenNode(state),
  height,
});

/** Removes the nodes that are folded in the tree: they have no column. */
function withoutFolded(state: State, stats: readonly NodeStats[]): readonly NodeStats[] {
  const { byId } = visibleNodes(state);
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
