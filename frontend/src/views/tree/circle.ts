/** One node of the tree: circle, number or sign, labels above, words below, ring while running. */
import { arc } from "d3-shape";
import type { Node } from "../../api/values";
import type { Box, Label } from "../../marks/part";
import { drawLabels } from "../../marks/part";
import { NUMBERED_STEP } from "./layout";
import type { Place } from "./place";

const FULL = 0.42 * NUMBERED_STEP;
const ORDINALS = "①②③④⑤";

export interface CircleData {
  readonly place: Place;
  /** Share of the running job, 0-1. */
  readonly progress: number | null;
  /** Place among the nodes to be compared; −1: not marked. */
  readonly mark: number;
}

export function drawCircle(mark: Box<SVGGElement>, data: CircleData): void {
  const { place, progress } = data;
  const { radius } = place;
  const half = Math.max(radius + 2, Math.min(12, radius + 6));
  one(mark, "rect", "hit").attr("x", -half).attr("width", 2 * half).attr("y", radius < FULL ? -8 : -38).attr("height", radius < FULL ? 16 : 64);
  one(mark, "circle", "halo").attr("r", radius + 3);
  one(mark, "circle", "disc").attr("r", radius);
  one(mark, "path", "ring").attr("d", progress === null ? null : drawRing(radius, progress));
  const dot = place.node.state === "running" ? Math.min(3, radius) : 0;
  one(mark, "circle", "dot live").attr("cx", radius - 1).attr("cy", 1 - radius).attr("r", dot);
  drawLabels(mark as unknown as Box<SVGElement>, labelsOf(data));
}

const drawRing = (radius: number, share: number): string | null =>
  arc()({ innerRadius: radius + 2, outerRadius: radius + 4, startAngle: 0, endAngle: share * 2 * Math.PI });

/** Sign instead of the number where the node ended without a network; its number stands on the axis below. */
function signOf({ state, number }: Node): string {
  if (state === "failed") return "✕";
  return state === "cancelled" ? "■" : String(number);
}

function labelsOf({ place, mark }: CircleData): Label[] {
  const { node, hasLabels, radius } = place;
  const labels: Label[] = [];
  // The number is the first text: the chosen node's is painted on the accent.
  labels.push({ key: "number", anchor: "middle", x: 0, y: 4, text: radius < FULL ? "" : signOf(node), look: "s" });
  if (hasLabels) labels.push(...measures(place));
  if (radius >= FULL) labels.push(...signs(place));
  if (place.hidden > 0) labels.push({ key: "hidden", x: radius + 3, y: 4, text: `+${place.hidden}`, look: "b" });
  if (mark >= 0) labels.push({ key: "mark", x: radius - 2, y: 3 - radius, text: ORDINALS[mark] ?? "", look: "b" });
  return labels;
}

function measures({ node, accuracy, times, word }: Place): Label[] {
  const middle = { anchor: "middle", x: 0 } as const;
  const isUnrecovered = node.recovered === false && node.state === "ready";
  const labels: Label[] = [
    { key: "accuracy", ...middle, y: -27, text: accuracy, look: isUnrecovered ? "u" : "s" },
    { key: "times", ...middle, y: -15, text: times, look: isUnrecovered ? "u" : "d" },
  ];
  return word ? [...labels, { key: "word", ...middle, y: 22, text: word, look: isUnrecovered ? "u" : "d" }] : labels;
}

/** Who made it on its edge, else below; star and note below, clear of the words. */
function signs({ node, hasLabels, word, tag, isTagLeft }: Place): Label[] {
  const hasTag = tag !== "" && !isTagLeft;
  const y = !word || !hasLabels ? 19 : hasTag ? 44 : 33;
  const labels: Label[] = [];
  if (tag && isTagLeft) labels.push({ key: "tag", anchor: "end", x: -14, y: -4, text: tag, look: "" });
  if (hasTag) labels.push({ key: "tag", anchor: "middle", x: 0, y: y === 19 ? 32 : 33, text: tag, look: "" });
  if (node.starred) labels.push({ key: "star", x: 9, y, text: "★", look: "s" });
  if (node.note) labels.push({ key: "note", anchor: "end", x: -9, y, text: "✎", look: "d" });
  return labels;
}

function one(mark: Box<SVGGElement>, tag: "circle" | "path" | "rect", name: string): Box<SVGElement> {
  const found = mark.select<SVGElement>(`:scope > .${name.split(" ").join(".")}`);
  return found.empty() ? mark.append<SVGElement>(tag).attr("class", name) : found;
}
