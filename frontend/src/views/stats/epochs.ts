/** Training epochs per node; while it runs, done of planned in a dotted frame. */
import { drawLabels, type Group, type Label } from "../../marks/part";
import { barWidth, isNamed, toColumn } from "../axis/nodeAxis";
import type { ChartContext } from "./chartsData";
import type { Scale, Span } from "./layout";
import type { NodeStats } from "./nodeStats";
import { lookOf } from "./nodeStats";

const WIDTH = 12;

export function drawEpochs(
  group: Group,
  { axis, shown }: ChartContext,
  { toY, rootFits }: Scale & { readonly rootFits: boolean },
  { bottom }: Span,
): void {
  const fits = ({ node }: NodeStats): boolean => node.parent_id !== null || rootFits;
  const bars = shown.filter(fits);
  const frames = bars.filter(({ isLive, planned }) => isLive && planned !== null);
  drawRects(group, "planned", frames, axis, (stats) => toY(stats.planned ?? 0), bottom);
  drawRects(group, "done", bars, axis, (stats) => toY(stats.epochs), bottom);
  drawLabels(
    group,
    shown
      .filter(({ node }) => isNamed(axis, node.number))
      .map((stats) => labelOf(stats, toColumn(axis, stats.node.number), fits(stats), { toY, bottom })),
  );
}

function drawRects(
  group: Group,
  name: string,
  stats: readonly NodeStats[],
  axis: ChartContext["axis"],
  ...[top, bottom]: [(stats: NodeStats) => number, number]
): void {
  group
    .selectAll<SVGRectElement, NodeStats>(`:scope > rect.${name}`)
    .data(stats, ({ node }) => node.id)
    .join("rect")
    .attr("class", (one) => `${name} ${lookOf(one)}`)
    .attr("x", ({ node }) => toColumn(axis, node.number) - barWidth(axis, WIDTH) / 2)
    .attr("width", barWidth(axis, WIDTH))
    .attr("y", top)
    .attr("height", (one) => Math.max(0, bottom - top(one)));
}

function labelOf(
  { node, epochs, planned, isLive }: NodeStats,
  x: number,
  fits: boolean,
  { toY, bottom }: { toY: Scale["toY"]; bottom: number },
): Label {
  const isImported = node.origin === "imported";
  const tall = isLive ? Math.max(epochs, planned ?? 0) : epochs;
  const y = fits && !isImported ? toY(tall) - 3 : bottom - 4;
  return {
    key: String(node.id),
    x,
    y,
    text: textOf(node.parent_id === null && !fits, isImported, { epochs, planned, isLive }),
    anchor: "middle",
    look: "s",
  };
}

function textOf(
  isLongRoot: boolean,
  isImported: boolean,
  { epochs, planned, isLive }: Pick<NodeStats, "epochs" | "planned" | "isLive">,
) {
  if (isImported) return "root";
  if (isLive && planned !== null) return `${epochs}/${planned}`;
  return isLongRoot ? `↑${epochs}` : String(epochs);
}
