/**
 * Computes the trade-off chart without drawing it: one point for each node, placed by two metrics, the Pareto frontier
 * of the points, and the scales of the axes.
 */
import { scaleLinear, scaleLog } from "d3-scale";
import type { Node } from "../../api/values";
import { treeNodes } from "../../state/selectors/select";
import type { State } from "../../state/state";
import type { Metric } from "../../state/choice";
import { commonMeasurementKey, reliableLatencyRatio, measurementKey, singleImageLatency } from "../nodes/latencies";
import { accuracyScale, type ValueScale } from "../axis/accuracyScale";
import { METRIC_INFO } from "./metrics";

export interface Point {
  readonly node: Node;
  readonly x: number;
  readonly y: number;
}

/**
 * Lists the finished nodes for which both metrics are known. If one of the metrics is latency, lists only nodes with
 * comparable measurements.
 */
export function listPoints(nodes: readonly Node[], x: Metric, y: Metric): readonly Point[] {
  const isComparable = x === "latency" || y === "latency" ? createComparabilityCheck(nodes) : () => true;
  return nodes.filter(isComparable).flatMap((node) => {
    const [valueX, valueY] = [METRIC_INFO[x].read(node), METRIC_INFO[y].read(node)];
    return node.state === "ready" && valueX !== null && valueY !== null ? [{ node, x: valueX, y: valueY }] : [];
  });
}

/** Returns a function that tests whether a node's latency was measured in the same way as most reliable latencies. */
function createComparabilityCheck(nodes: readonly Node[]): (node: Node) => boolean {
  const common = commonMeasurementKey(nodes);
  return (node) => {
    const latency = singleImageLatency(node);
    return latency !== undefined && measurementKey(latency) === common;
  };
}

/** Returns the 95% interval of a node's value of a metric; null if the value has no interval. */
export function metricInterval(node: Node, metric: Metric): Interval | null {
  if (metric === "accuracy") return node.accuracy_interval;
  return metric === "latency" ? reliableLatencyRatio(singleImageLatency(node)) : null;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Returns the Pareto-optimal points, from the best value of x to the worst. A point is Pareto-optimal if no other point
 * is better in one metric and at least as good in the other.
 */
export function findFrontier(points: readonly Point[], x: Metric, y: Metric): readonly Point[] {
  const [worseDirectionX, worseDirectionY] = [METRIC_INFO[x].worseDirection, METRIC_INFO[y].worseDirection];
  const sortedPoints = [...points].sort(
    (a, b) => worseDirectionX * (a.x - b.x) || worseDirectionY * (a.y - b.y) || a.node.number - b.node.number,
  );
  const frontier: Point[] = [];
  let bestYSoFar = Infinity;
  for (const point of sortedPoints) {
    if (worseDirectionY * point.y >= bestYSoFar) continue;
    bestYSoFar = worseDirectionY * point.y;
    frontier.push(point);
  }
  return frontier.sort((a, b) => a.x - b.x);
}

export type PointScale = ValueScale;

/**
 * If the largest value is more than this many times the smallest, the scale is logarithmic for metrics that allow it.
 */
const LOG_SCALE_MIN_RATIO = 8;
const SCALE_MARGIN_SHARE = 0.05;

/**
 * Returns the scale for the values of a metric: a log-error scale for accuracy, a log scale for sizes and losses that
 * span orders of magnitude, otherwise a linear scale.
 */
export function createMetricScale(
  values: readonly number[],
  metric: Metric,
  range: readonly [number, number],
): PointScale {
  if (metric === "accuracy") return accuracyScale(values, range);
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (METRIC_INFO[metric].allowsLogScale && low > 0 && high / low > LOG_SCALE_MIN_RATIO)
    return createLogScale([low / 1.15, high * 1.15], range);
  const margin = (high - low || Math.abs(high) || 1) * SCALE_MARGIN_SHARE;
  return scaleLinear([low - margin, high + margin], [...range]);
}

/** Returns a log scale. Its ticks are at 1, 2 and 5 in each decade or, if these are too many, only at powers of ten. */
function createLogScale(domain: readonly [number, number], range: readonly [number, number]): PointScale {
  const log = scaleLog([...domain], [...range]);
  const startsWithDigit = (value: number, digits: readonly string[]): boolean =>
    digits.includes(value.toExponential().split("e")[0]!);
  const ticks = (maxCount: number): readonly number[] => {
    const logTicks = log.ticks().filter((value) => startsWithDigit(value, ["1", "2", "5"]));
    return logTicks.length <= maxCount ? logTicks : logTicks.filter((value) => startsWithDigit(value, ["1"]));
  };
  return Object.assign((value: number) => log(value), { ticks });
}

export function tradeoffRows(state: State): readonly (readonly (string | number | null)[])[] {
  const { x, y } = state.choice.tree;
  const points = listPoints(treeNodes(state), x, y);
  const frontier = new Set(findFrontier(points, x, y).map(({ node }) => node.id));
  return [
    ["node", metricColumnName(x), metricColumnName(y), "on_frontier"],
    ...points.map((point) => [point.node.number, point.x, point.y, String(frontier.has(point.node.id))]),
  ];
}

const metricColumnName = (metric: Metric): string => (metric === "latency" ? "latency_ratio" : metric);
