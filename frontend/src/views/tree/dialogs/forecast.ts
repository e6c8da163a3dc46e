/**
 * Draws the forecast, that is, the expected accuracy by number of filters with its 80% interval, together with the
 * tree's nodes, the target and the estimate.
 */
import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import type { Estimate, ForecastPoint, Node } from "../../../api/values";
import { formatShare, formatCompactCount } from "../../../marks/format";
import { accuracyScale } from "../../axis/accuracyScale";
import { drawLabels, drawLines, ensureGroup, ensureSvg, type Box, type Group } from "../../../marks/elements";

const [WIDTH, HEIGHT] = [436, 132];
const [LEFT_X, RIGHT_X, TOP_Y, BOTTOM_Y] = [36, 428, 18, 112];

type MeasuredNode = Node & { readonly accuracy: number; readonly filters: number };

export function drawForecast(box: Box, estimate: Estimate, nodes: readonly Node[]): void {
  const { forecast, target_accuracy: target, keep } = estimate;
  const svg = ensureSvg(box, "forecast", WIDTH, HEIGHT)
    .attr("role", "img")
    .attr("hidden", forecast ? null : "");
  svg.attr("aria-label", "Forecast: expected accuracy by number of filters, with 80% intervals");
  if (!forecast) return;
  const measuredNodes = nodes.filter(
    (node): node is MeasuredNode =>
      node.state === "ready" && node.accuracy !== null && node.filters !== null && !node.control,
  );
  const { x, y } = createScales(forecast.curve, measuredNodes, target);
  drawGrid(svg, { x, y });
  drawPath(
    ensureGroup(svg, "interval"),
    area<ForecastPoint>(
      (point) => x(point.filters),
      (point) => y(point.low),
      (point) => y(point.high),
    )(forecast.curve),
  );
  drawPath(
    ensureGroup(svg, "expected"),
    line<ForecastPoint>(
      (point) => x(point.filters),
      (point) => y(point.accuracy),
    )(forecast.curve),
  );
  drawLines(
    ensureGroup(svg, "target"),
    [{ key: "target", x1: LEFT_X, x2: RIGHT_X, y1: y(target), y2: y(target) }],
    "var(--text)",
  );
  ensureGroup(svg, "dots")
    .selectAll<SVGCircleElement, MeasuredNode>(":scope > circle")
    .data(measuredNodes, ({ id }) => id)
    .join("circle")
    .attr("r", 2.5)
    .attr("cx", ({ filters }) => x(filters))
    .attr("cy", ({ accuracy }) => y(accuracy));
  drawPath(
    ensureGroup(svg, "diamond").attr("transform", `translate(${x(keep)},${y(forecast.accuracy)})`),
    "M0,-5L5,0L0,5L-5,0Z",
  );
  drawLabels(ensureGroup(svg, "captions"), [
    { key: "y", x: 0, y: 10, text: "accuracy, % (log error); dashed line: target", emphasis: "" },
    { key: "x", x: RIGHT_X, y: HEIGHT - 2, text: "filters", anchor: "end", emphasis: "" },
  ]);
}

function createScales(curve: readonly ForecastPoint[], nodes: readonly MeasuredNode[], target: number) {
  const filters = extent([...curve.map((point) => point.filters), ...nodes.map((node) => node.filters)]) as [
    number,
    number,
  ];
  const accuracies = extent([
    ...curve.flatMap((point) => [point.low, point.high]),
    ...nodes.map((node) => node.accuracy),
    target,
  ]) as [number, number];
  return {
    x: scaleLinear(filters, [LEFT_X + 6, RIGHT_X - 6]),
    y: accuracyScale(accuracies, [BOTTOM_Y, TOP_Y]),
  };
}

function drawGrid(svg: Group, { x, y }: ReturnType<typeof createScales>): void {
  const rows = y.ticks(3).map((value) => ({ key: String(value), x1: LEFT_X, x2: RIGHT_X, y1: y(value), y2: y(value) }));
  drawLines(ensureGroup(svg, "grid"), rows, "var(--grid)");
  drawLabels(ensureGroup(svg, "ticks"), [
    ...y.ticks(3).map((value) => ({
      key: `y${value}`,
      x: LEFT_X - 4,
      y: y(value) + 4,
      text: formatShare(value, 1),
      anchor: "end" as const,
    })),
    ...x.ticks(5).map((value) => ({
      key: `x${value}`,
      x: x(value),
      y: HEIGHT - 8,
      text: formatCompactCount(value),
      anchor: "middle" as const,
    })),
  ]);
}

function drawPath(group: Group, d: string | null): void {
  group
    .selectAll<SVGPathElement, string>(":scope > path")
    .data(d ? [d] : [])
    .join("path")
    .attr("d", (path) => path);
}
