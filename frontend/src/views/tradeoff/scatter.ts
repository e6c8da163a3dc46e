/**
 * Scatter plot of two metrics. The shape of a point shows how the node was made; a dashed outline means that the node
 * did not recover. A line connects the points of the frontier.
 */
import { line, symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle, type SymbolType } from "d3-shape";
import type { Node } from "../../api/values";
import type { Rect } from "../../marks/labelLayout";
import { drawLabels, drawLines, ensureGroup, ensureSvg, type Box, type Group, type Label } from "../../marks/elements";
import type { Metric } from "../../state/choice";
import { METRIC_INFO } from "./metrics";
import { layoutNodeNumbers } from "./numbers";
import { metricInterval, createMetricScale, type Point } from "./points";
import type { ScatterData, ScatterScales } from "./scatterData";

export interface ScatterCallbacks {
  onChoose(id: number): void;
  onChooseAdjacentNode(step: number): void;
  onHover(id: number | null): void;
}

const [LEFT_MARGIN, RIGHT_MARGIN, TOP_MARGIN, BOTTOM_MARGIN] = [64, 24, 28, 52];
const SHAPE_BY_ORIGIN: Record<Node["origin"], SymbolType> = {
  trained: symbolDiamond,
  imported: symbolDiamond,
  plan: symbolCircle,
  automatic: symbolSquare,
  control: symbolTriangle,
};
const LEGEND = "◆ root · ● plan · ■ Autopilot · ▲ control · dashed: not recovered · — frontier";
const METRICS_WITH_INTERVAL: ReadonlySet<Metric> = new Set(["accuracy", "latency"]);
const INTERVAL_LEGEND = " · │ 95% interval";

export function drawScatter(box: Box, data: ScatterData, callbacks: ScatterCallbacks): void {
  const { points, width, height } = data;
  const svg = ensureSvg(box, "tradeoff", width, height).attr("role", "group");
  svg.attr("aria-label", `${METRIC_INFO[data.y].title} against ${METRIC_INFO[data.x].title}, ${points.length} nodes`);
  const scales = {
    x: createMetricScale([...points.map((point) => point.x), ...intervalEnds(points, data.x)], data.x, [
      LEFT_MARGIN,
      width - RIGHT_MARGIN,
    ]),
    y: createMetricScale([...points.map((point) => point.y), ...intervalEnds(points, data.y)], data.y, [
      height - BOTTOM_MARGIN,
      TOP_MARGIN,
    ]),
  };
  drawAxes(svg, data, scales);
  ensureGroup(svg, "frontier")
    .selectAll<SVGPathElement, string>(":scope > path")
    .data([
      line<Point>(
        (point) => scales.x(point.x),
        (point) => scales.y(point.y),
      )(data.frontier) ?? "",
    ])
    .join("path")
    .attr("d", (path) => path);
  const whiskers = layoutWhiskers(data, scales);
  drawWhiskers(ensureGroup(svg, "whiskers"), whiskers);
  drawPoints(ensureGroup(svg, "points"), { ...data, points: sortForPainting(points) }, scales, callbacks);
  drawLabels(ensureGroup(svg, "numbers"), layoutNodeNumbers(data, scales, whiskers));
}

function drawAxes(svg: Group, { x, y, width, height }: ScatterData, scales: ScatterScales): void {
  const [xTicks, yTicks] = [scales.x.ticks(8), scales.y.ticks(8)];
  const lines = [
    ...xTicks.map((value) => ({
      key: `x${value}`,
      x1: scales.x(value),
      x2: scales.x(value),
      y1: TOP_MARGIN,
      y2: height - BOTTOM_MARGIN,
    })),
    ...yTicks.map((value) => ({
      key: `y${value}`,
      x1: LEFT_MARGIN,
      x2: width - RIGHT_MARGIN,
      y1: scales.y(value),
      y2: scales.y(value),
    })),
  ];
  drawLines(ensureGroup(svg, "grid"), lines, "var(--grid)");
  drawLabels(ensureGroup(svg, "ticks"), [
    ...xTicks.map((value): Label => ({
      key: `x${value}`,
      x: scales.x(value),
      y: height - BOTTOM_MARGIN + 16,
      text: METRIC_INFO[x].format(value),
      anchor: "middle",
    })),
    ...yTicks.map((value): Label => ({
      key: `y${value}`,
      x: LEFT_MARGIN - 6,
      y: scales.y(value) + 4,
      text: METRIC_INFO[y].format(value),
      anchor: "end",
    })),
    { key: "y", x: 12, y: 14, text: METRIC_INFO[y].title, emphasis: "bold" },
    {
      key: "x",
      x: width - RIGHT_MARGIN,
      y: height - BOTTOM_MARGIN + 32,
      text: METRIC_INFO[x].title,
      anchor: "end",
      emphasis: "bold",
    },
    {
      key: "legend",
      x: LEFT_MARGIN,
      y: height - 4,
      text: METRICS_WITH_INTERVAL.has(x) || METRICS_WITH_INTERVAL.has(y) ? LEGEND + INTERVAL_LEGEND : LEGEND,
      emphasis: "",
    },
  ]);
}

/** Returns both ends of each point's 95% interval, so that the scale of the axis includes them. */
const intervalEnds = (points: readonly Point[], metric: Metric): readonly number[] =>
  points.flatMap(({ node }) => {
    const interval = metricInterval(node, metric);
    return interval ? [interval.low, interval.high] : [];
  });

/**
 * Sorts controls (nodes made only for comparison) first, so that the more important nodes of users and Autopilots are
 * painted on top.
 */
const sortForPainting = (points: readonly Point[]): readonly Point[] =>
  [...points].sort((a, b) => Number(b.node.origin === "control") - Number(a.node.origin === "control"));

/** Returns each interval as a line through its point, parallel to the axis of the metric. */
function layoutWhiskers({ points, x, y }: ScatterData, scales: ScatterScales): readonly Whisker[] {
  return points.flatMap(({ node, ...point }): Whisker[] => {
    const [centerX, centerY] = [scales.x(point.x), scales.y(point.y)];
    const [horizontalInterval, verticalInterval] = [x === y ? null : metricInterval(node, x), metricInterval(node, y)];
    const horizontalWhisker = horizontalInterval && {
      id: `${node.id}x`,
      left: scales.x(horizontalInterval.low),
      right: scales.x(horizontalInterval.high),
      top: centerY,
      bottom: centerY,
    };
    const verticalWhisker = verticalInterval && {
      id: `${node.id}y`,
      left: centerX,
      right: centerX,
      top: scales.y(verticalInterval.high),
      bottom: scales.y(verticalInterval.low),
    };
    return [horizontalWhisker, verticalWhisker].filter((whisker) => whisker !== null);
  });
}

interface Whisker extends Rect {
  readonly id: string;
}

function drawWhiskers(group: Group, whiskers: readonly Whisker[]): void {
  group
    .selectAll<SVGPathElement, Whisker>(":scope > path")
    .data(whiskers, ({ id }) => id)
    .join("path")
    .attr("d", ({ left, right, top, bottom }) => `M${left},${bottom}L${right},${top}`);
}

function drawPoints(
  group: Group,
  { points, chosen, hovered }: ScatterData,
  scales: ScatterScales,
  { onChoose, onChooseAdjacentNode, onHover }: ScatterCallbacks,
): void {
  const hadFocus = group.node()!.contains(document.activeElement);
  const focusablePoint = points.find(({ node }) => node.id === chosen) ?? points[0];
  const marks = group
    .selectAll<SVGPathElement, Point>(":scope > path")
    .data(points, ({ node }) => node.id)
    .join("path")
    .order()
    .attr(
      "class",
      ({ node }) =>
        `point${node.recovered === false ? " unrecovered" : ""}${node.id === chosen ? " chosen" : ""}${node.id === hovered ? " hovered" : ""}`,
    )
    .attr("d", ({ node }) => symbol(SHAPE_BY_ORIGIN[node.origin], 64)())
    .attr("transform", (point) => `translate(${scales.x(point.x)},${scales.y(point.y)})`)
    .attr("role", "button")
    .attr("aria-label", ({ node }) => `Node ${node.number}`)
    .attr("aria-pressed", ({ node }) => String(node.id === chosen))
    .attr("data-testid", ({ node }) => `point-${node.number}`)
    .attr("tabindex", (point) => (point === focusablePoint ? 0 : -1))
    .on("click", (_, { node }) => onChoose(node.id))
    .on("pointerenter focus", (_, { node }) => onHover(node.id))
    .on("pointerleave blur", () => onHover(null))
    .on("keydown", (event: KeyboardEvent) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      onChooseAdjacentNode(step);
    });
  if (hadFocus)
    marks
      .filter((point) => point === focusablePoint)
      .node()
      ?.focus({ preventScroll: true });
}
