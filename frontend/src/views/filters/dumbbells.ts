/**
 * Draws a sample's class probabilities as predicted by two nodes: an open dot for the compared node, a filled dot for
 * the chosen node.
 */
import type { SampleView } from "../../api/values";
import { drawLabels, drawLines, ensureGroup, ensureSvg, type Box, type Group, type Label } from "../../marks/elements";

export interface Dumbbell {
  readonly label: number;
  readonly name: string;
  readonly isTrueClass: boolean;
  readonly y: number;
  /** X of the compared node's dot, in pixels; null if the class is not among that node's most probable classes. */
  readonly comparedX: number | null;
  /** X of the chosen node's dot, in pixels; null if the class is not among that node's most probable classes. */
  readonly chosenX: number | null;
  readonly text: string;
}

export interface DumbbellData {
  readonly view: SampleView;
  readonly classes: readonly string[];
  readonly now: number;
  readonly before: number | null;
  readonly width: number;
  readonly rows: number;
}

const CLASS_NAMES_WIDTH = 64;
const PROBABILITIES_WIDTH = 78;
const TOP = 26;
const ROW_HEIGHT = 15;

/**
 * Lays out one row per class. Sorts the classes by the larger of their two probabilities (one for each node), the
 * largest first; only the first `rows` classes are shown.
 */
export function layoutDumbbells({ view, classes, width, rows }: DumbbellData): Dumbbell[] {
  const [now, before] = [probabilityByLabel(view.top), view.before && probabilityByLabel(view.before)];
  const labels = [...new Set([...now.keys(), ...(before?.keys() ?? [])])];
  const largerProbability = (label: number): number => Math.max(now.get(label) ?? 0, before?.get(label) ?? 0);
  const [from, to] = dumbbellXRange(width, before !== null);
  const toX = (share: number | undefined): number | null => (share === undefined ? null : from + share * (to - from));
  return labels
    .sort((a, b) => largerProbability(b) - largerProbability(a) || a - b)
    .slice(0, rows)
    .map((label, row) => ({
      label,
      name: shortenClassName(classes[label] ?? String(label)),
      isTrueClass: label === view.label,
      y: TOP + row * ROW_HEIGHT,
      comparedX: before && toX(before.get(label)),
      chosenX: toX(now.get(label)),
      text: [
        ...(before ? [formatProbability(before.get(label), view.before!)] : []),
        formatProbability(now.get(label), view.top),
      ].join(" → "),
    }));
}

type Probabilities = SampleView["top"];

const probabilityByLabel = (list: Probabilities): Map<number, number> =>
  new Map(list.map(({ label, probability }) => [label, probability]));
const dumbbellXRange = (width: number, hasComparedNode: boolean): readonly [number, number] => [
  CLASS_NAMES_WIDTH,
  width - (hasComparedNode ? PROBABILITIES_WIDTH : 40),
];
const shortenClassName = (name: string): string => (name.length > 10 ? `${name.slice(0, 9)}…` : name);

/**
 * Formats the probability of a class. `list` holds only the most probable classes; for other classes, the lowest listed
 * probability is an upper bound, as in "<0.20".
 */
function formatProbability(share: number | undefined, list: Probabilities): string {
  const text = (share ?? list.at(-1)?.probability ?? 0).toFixed(2);
  return share === undefined && text !== "0.00" ? `<${text}` : text;
}

export function drawDumbbells(box: Box, data: DumbbellData): void {
  const rows = layoutDumbbells(data);
  const height = TOP + rows.length * ROW_HEIGHT - 6;
  const svg = ensureSvg(box, "probabilities", data.width, height)
    .attr("role", "img")
    .attr("aria-label", describe(rows));
  const [from, to] = dumbbellXRange(data.width, data.before !== null);
  drawLines(
    ensureGroup(svg, "grid"),
    rows.map(({ label, y }) => ({ key: String(label), x1: from, x2: to, y1: y, y2: y })),
    "var(--grid)",
  );
  const pairs = rows.filter(({ comparedX, chosenX }) => comparedX !== null && chosenX !== null);
  drawLines(
    ensureGroup(svg, "links"),
    pairs.map(({ label, y, comparedX, chosenX }) => ({
      key: String(label),
      x1: comparedX!,
      x2: chosenX!,
      y1: y,
      y2: y,
    })),
    "var(--mark)",
  );
  drawDots(
    ensureGroup(svg, "before"),
    rows.flatMap(({ label, y, comparedX }) => (comparedX === null ? [] : [{ key: label, x: comparedX, y }])),
  );
  drawDots(
    ensureGroup(svg, "now"),
    rows.flatMap(({ label, y, chosenX }) => (chosenX === null ? [] : [{ key: label, x: chosenX, y }])),
  );
  drawLabels(ensureGroup(svg, "labels"), [
    ...legend(svg, data, from),
    ...rows.flatMap((row) => rowLabels(row, data.width)),
  ]);
}

const rowLabels = ({ label, y, name, isTrueClass, text }: Dumbbell, width: number): Label[] => [
  { key: `name-${label}`, x: 0, y: y + 4, text: name, emphasis: isTrueClass ? "bold" : "strong" },
  { key: `value-${label}`, x: width, y: y + 4, text, anchor: "end", emphasis: "strong" },
];

function legend(svg: Group, { now, before }: DumbbellData, from: number): Label[] {
  const nodes = [...(before === null ? [] : [{ key: "before", number: before }]), { key: "now", number: now }];
  const nodeLabels = nodes.map(({ key, number }, i) => ({ key, text: `node ${number}`, x: from + i * 66, y: 10 }));
  for (const key of ["before", "now"]) {
    const entries = nodeLabels.filter((entry) => entry.key === key);
    drawDots(
      ensureGroup(ensureGroup(svg, "legend"), key),
      entries.map(({ x, text }, i) => ({ key: i, x: x + text.length * 6 + 6, y: 6 })),
    );
  }
  return nodeLabels.map((entry) => ({ ...entry, key: `legend-${entry.key}`, emphasis: "dimmed" }));
}

function drawDots(group: Group, dots: readonly { key: number; x: number; y: number }[]): void {
  group
    .selectAll<SVGCircleElement, (typeof dots)[number]>(":scope > circle")
    .data(dots, ({ key }) => key)
    .join("circle")
    .attr("cx", ({ x }) => x)
    .attr("cy", ({ y }) => y)
    .attr("r", 3.1);
}

const describe = (rows: readonly Dumbbell[]): string =>
  `Probabilities: ${rows.map(({ name, text }) => `${name} ${text}`).join(", ")}`;
