/** Draws a node: a circle with its number or a symbol, its labels, and a progress ring while its job runs. */
import { arc } from "d3-shape";
import type { Node } from "../../../api/values";
import type { Box, Label } from "../../../marks/elements";
import { drawLabels } from "../../../marks/elements";
import { MIN_COLUMN_WIDTH_FOR_NUMBERS } from "../layout/layout";
import type { NodePosition } from "../layout/nodePosition";

const MIN_RADIUS_FOR_NUMBER = 0.42 * MIN_COLUMN_WIDTH_FOR_NUMBERS;

export interface CircleData {
  readonly position: NodePosition;
  /** Progress of the node's running job, 0–1; null if none is running. */
  readonly progress: number | null;
}

export function drawCircle(mark: Box<SVGGElement>, data: CircleData): void {
  const { position, progress } = data;
  const { radius } = position;
  const halfWidth = Math.max(radius + 2, Math.min(12, radius + 6));
  ensureShape(mark, "rect", "hit")
    .attr("x", -halfWidth)
    .attr("width", 2 * halfWidth)
    .attr("y", radius < MIN_RADIUS_FOR_NUMBER ? -8 : -38)
    .attr("height", radius < MIN_RADIUS_FOR_NUMBER ? 16 : 64);
  ensureShape(mark, "circle", "halo").attr("r", radius + 3);
  ensureShape(mark, "circle", "disc").attr("r", radius);
  ensureShape(mark, "path", "ring").attr("d", progress === null ? null : ringPath(radius, progress));
  const dot = position.node.state === "running" ? Math.min(3, radius) : 0;
  ensureShape(mark, "circle", "dot live")
    .attr("cx", radius - 1)
    .attr("cy", 1 - radius)
    .attr("r", dot);
  drawLabels(mark as unknown as Box<SVGElement>, listLabels(position));
}

const ringPath = (radius: number, share: number): string | null =>
  arc()({ innerRadius: radius + 2, outerRadius: radius + 4, startAngle: 0, endAngle: share * 2 * Math.PI });

/**
 * Returns the text in the circle: the number of the node or, if the node failed or was cancelled, a symbol. (The axis
 * still shows the number.)
 */
function circleText({ state, number }: Node): string {
  if (state === "failed") return "✕";
  return state === "cancelled" ? "■" : String(number);
}

/** Lists the labels of a node. The number comes first, because the style sheet relies on this. */
const listLabels = ({ node, labels, radius }: NodePosition): readonly Label[] => [
  {
    key: "number",
    anchor: "middle",
    x: 0,
    y: 4,
    text: radius < MIN_RADIUS_FOR_NUMBER ? "" : circleText(node),
    emphasis: "strong",
  },
  ...labels,
];

function ensureShape(mark: Box<SVGGElement>, tag: "circle" | "path" | "rect", name: string): Box<SVGElement> {
  const existing = mark.select<SVGElement>(`:scope > .${name.split(" ").join(".")}`);
  return existing.empty() ? mark.append<SVGElement>(tag).attr("class", name) : existing;
}
