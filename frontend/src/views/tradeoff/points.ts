/** Nodes as points in a plane of two metrics, their Pareto frontier, and the scales. Draws nothing. */
import { scaleLinear, scaleLog } from "d3-scale";
import type { Node } from "../../api/values";
import { treeNodes } from "../../state/selectors/select";
import type { State } from "../../state/state";
import type { Metric } from "../../state/choice";
import { commonMeasurementKey, reliableRatio, measurementKey, singleImageLatency } from "../nodes/latencies";
import { accuracyScale, type ValueScale } from "../axis/accuracyScale";
import { METRIC_KINDS } from "./metrics";

export interface Point {
  readonly node: Node;
  readonly x: number;
  readonly y: number;
}

/** Lists the finished nodes for which both metrics are known. */
export function listPoints(nodes: readonly Node[], x: Metric, y: Metric): readonly Point[] {
  const isComparable = x === "latency" || y === "latency" ? createComparableTest(nodes) : () => true;
  return nodes.filter(isComparable).flatMap((node) => {
    const [valueX, valueY] = [METRIC_KINDS[x].read(node), METRIC_KINDS[y].read(node)];
    return node.state === "ready" && valueX !== null && valueY !== null ? [{ node, x: valueX, y: valueY }] : [];
  });
}

/** Returns a function that checks whether a node's latency was measured in the same way as those of most nodes. */
function createComparableTest(nodes: readonly Node[]): (node: Node) => boolean {
  const common = commonMeasurementKey(nodes);
  return (node) => {
    const latency = singleImageLatency(node);
    return latency !== undefined && measurementKey(latency) === common;
  };
}

/** Returns the 95% interval of a metric; null if the metric has no interval. */
export function intervalOf(node: Node, metric: Metric): Interval | null {
  if (metric === "accuracy") return node.accuracy_interval;
  return metric === "latency" ? reliableRatio(singleImageLatency(node)) : null;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Returns the Pareto-optimal points, in ascending order of x. A point is Pareto-optimal if no other point is better in
 * one metric and at least as good in the other.
 */
export function findFrontier(points: readonly Point[], x: Metric, y: Metric): readonly Point[] {
  const [signX, signY] = [METRIC_KINDS[x].worseDirection, METRIC_KINDS[y].worseDirection];
  const sortedPoints = [...points].sort(
    (a, b) => signX * (a.x - b.x) || signY * (a.y - b.y) || a.node.number - b.node.number,
  );
  const frontier: Point[] = [];
  let bestSignedY = Infinity;
  for (const point of sortedPoints) {
    if (signY * point.y >= bestSignedY) continue;
    bestSignedY = signY * point.y;
    frontier.push(point);
  }
  return frontier.sort((a, b) => a.x - b.x);
}

export type PointScale = ValueScale;

/** Sizes and losses are plotted on a log scale if the largest value is more than this many times the smallest one. */
const LOG_SCALE_MIN_RATIO = 8;
const MARGIN_SHARE = 0.05;

/**
 * Returns a log-error scale for accuracy, a log scale for sizes and losses that span orders of magnitude, and a linear scale
 * otherwise.
 */
export function scaleOf(values: readonly number[], metric: Metric, range: readonly [number, number]): PointScale {
  if (metric === "accuracy") return accuracyScale(values, range);
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (METRIC_KINDS[metric].allowsLogScale && low > 0 && high / low > LOG_SCALE_MIN_RATIO)
    return logScale([low / 1.15, high * 1.15], range);
  const margin = (high - low || Math.abs(high) || 1) * MARGIN_SHARE;
  return scaleLinear([low - margin, high + margin], [...range]);
}

/** Returns a log scale with ticks at 1, 2 and 5, or only at powers of ten. */
function logScale(domain: readonly [number, number], range: readonly [number, number]): PointScale {
  const log = scaleLog([...domain], [...range]);
  const startsWithDigit = (value: number, digits: readonly string[]): boolean =>
    digits.includes(value.toExponential().split("e")[0]!);
  const ticks = (maxCount: number): readonly number[] => {
    const round = log.ticks().filter((value) => startsWithDigit(value, ["1", "2", "5"]));
    return round.length <= maxCount ? round : round.filter((value) => startsWithDigit(value, ["1"]));
  };
  return Object.assign((value: number) => log(value), { ticks });
}

export function tradeoffRows(state: State): readonly (readonly (string | number | null)[])[] {
  const { x, y } = state.choice.tree;
  const points = listPoints(treeNodes(state), x, y);
  const frontier = new Set(findFrontier(points, x, y).map(({ node }) => node.id));
  return [
    ["node", columnName(x), columnName(y), "on_frontier"],
    ...points.map((point) => [point.node.number, point.x, point.y, String(frontier.has(point.node.id))]),
  ];
}

const columnName = (metric: Metric): string => (metric === "latency" ? "latency_ratio" : metric);
