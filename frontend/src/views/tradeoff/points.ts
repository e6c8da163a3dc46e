/** Nodes as points of two metrics, the frontier among them, and the scales. Numbers only. */
import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from "d3-scale";
import type { Node } from "../../api/values";
import { treeNodes } from "../../state/select";
import type { State } from "../../state/state";
import type { Metric } from "../../state/tree";
import { METRIC_KINDS } from "./metrics";

export interface Point {
  readonly node: Node;
  readonly x: number;
  readonly y: number;
}

/** Finished nodes that have both metrics. */
export function listPoints(nodes: readonly Node[], x: Metric, y: Metric): readonly Point[] {
  return nodes.flatMap((node) => {
    const [across, up] = [METRIC_KINDS[x].read(node), METRIC_KINDS[y].read(node)];
    return node.state === "ready" && across !== null && up !== null ? [{ node, x: across, y: up }] : [];
  });
}

/** Points that no other beats in one metric without losing in the other, ascending in x. */
export function findFrontier(points: readonly Point[], x: Metric, y: Metric): readonly Point[] {
  const [worseX, worseY] = [METRIC_KINDS[x].worse, METRIC_KINDS[y].worse];
  const best = [...points].sort((a, b) => worseX * (a.x - b.x) || worseY * (a.y - b.y) || a.node.number - b.node.number);
  const frontier: Point[] = [];
  let least = Infinity;
  for (const point of best) {
    if (worseY * point.y >= least) continue;
    least = worseY * point.y;
    frontier.push(point);
  }
  return frontier.sort((a, b) => a.x - b.x);
}

export type PointScale = ScaleContinuousNumeric<number, number>;

/** From this ratio on, sizes are drawn by their logarithm. */
const LOG_RATIO = 8;
const MARGIN = 0.05;

export function scaleOf(values: readonly number[], metric: Metric, range: readonly [number, number]): PointScale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const isLog = METRIC_KINDS[metric].isSize && low > 0 && high / low > LOG_RATIO;
  if (isLog) return scaleLog([low / 1.15, high * 1.15], [...range]);
  const margin = (high - low || Math.abs(high) || 1) * MARGIN;
  return scaleLinear([low - margin, high + margin], [...range]);
}

/** At most `most` ticks; a logarithmic scale's are thinned to 1, 2, 5. */
export function ticksOf(scale: PointScale, most: number): readonly number[] {
  const ticks = scale.ticks(most);
  if (ticks.length <= most) return ticks;
  const round = ticks.filter((value) => [1, 2, 5].includes(Number(value.toExponential().split("e")[0])));
  return round.length <= most ? round : round.filter((value) => value.toExponential().startsWith("1e"));
}

export function tradeoffRows(state: State): readonly (readonly (string | number | null)[])[] {
  const { x, y } = state.choice.tree;
  const points = listPoints(treeNodes(state), x, y);
  const frontier = new Set(findFrontier(points, x, y).map(({ node }) => node.id));
  return [["node", x, y, "on_frontier"], ...points.map((point) => [point.node.number, point.x, point.y, String(frontier.has(point.node.id))])];
}
