/** One node of the tree: circle, number or sign, labels above, word below, ring while running. */
import { arc } from "d3-shape";
import type { Node } from "../../api/values";
import type { Box, Label } from "../../marks/part";
import { drawLabels } from "../../marks/part";
import type { Place } from "./layout";

const RADIUS = 10;
const ring = arc<number>()
  .innerRadius(RADIUS + 2)
  .outerRadius(RADIUS + 4)
  .startAngle(0)
  .endAngle((share) => share * 2 * Math.PI);

export function drawCircle(mark: Box<SVGGElement>, place: Place, progress: number | null): void {
  one(mark, "rect", "hit").attr("x", -12).attr("width", 24).attr("y", -38).attr("height", 64);
  one(mark, "circle", "halo").attr("r", 13);
  one(mark, "circle", "disc").attr("r", RADIUS);
  one(mark, "path", "ring").attr("d", progress === null ? null : ring(progress));
  const dot = place.node.state === "running" ? 3 : 0;
  one(mark, "circle", "dot live").attr("cx", RADIUS - 1).attr("cy", 1 - RADIUS).attr("r", dot);
  drawLabels(mark as unknown as Box<SVGElement>, labelsOf(place));
}

/** Sign instead of the number where the node ended without a network; its number stands on the axis below. */
function signOf({ state, number }: Node): string {
  if (state === "failed") return "✕";
  return state === "cancelled" ? "■" : String(number);
}

function labelsOf({ node, hasLabels, accuracy, times, word }: Place): Label[] {
  const middle = { anchor: "middle", x: 0 } as const;
  const isUnrecovered = node.recovered === false && node.state === "ready";
  const labels: Label[] = [{ key: "number", ...middle, y: 4, text: signOf(node), look: "s" }];
  if (hasLabels) {
    labels.push({ key: "accuracy", ...middle, y: -27, text: accuracy, look: isUnrecovered ? "u" : "s" });
    labels.push({ key: "times", ...middle, y: -15, text: times, look: isUnrecovered ? "u" : "d" });
    if (word) labels.push({ key: "word", ...middle, y: 22, text: word, look: isUnrecovered ? "u" : "d" });
  }
  if (node.starred) labels.push({ key: "star", x: 9, y: word && hasLabels ? 33 : 19, text: "★", look: "s" });
  if (node.note) labels.push({ key: "note", anchor: "end", x: -9, y: word && hasLabels ? 33 : 19, text: "✎", look: "d" });
  return labels;
}

function one(mark: Box<SVGGElement>, tag: "circle" | "path" | "rect", name: string): Box<SVGElement> {
  const found = mark.select<SVGElement>(`:scope > .${name.split(" ").join(".")}`);
  return found.empty() ? mark.append<SVGElement>(tag).attr("class", name) : found;
}
