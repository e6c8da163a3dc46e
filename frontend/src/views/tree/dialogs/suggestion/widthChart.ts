/** Chart of a plan's layer widths: the share of filters that each layer keeps, and a line for the best plan. */
import type { Candidate, NodeLayers } from "../../../../api/values";
import { drawLabels, ensureGroup, ensureSvg, type Box } from "../../../../marks/elements";
import { formatCount, formatPercent } from "../../../../marks/format";
import { CHART_HEIGHT, CHART_WIDTH } from "./accuracyChart";

const [LEFT_MARGIN, TOP_MARGIN, BOTTOM_MARGIN] = [8, 18, 34];
const MAX_BAR_WIDTH = 28;

interface Bar {
  readonly layer: string;
  readonly x: number;
  readonly width: number;
  /** Top of the bar, in pixels. */
  readonly top: number;
  readonly height: number;
  /** Height at which the best plan's bar ends, in pixels. */
  readonly best: number;
  readonly title: string;
}

export function drawWidthChart(box: Box, chosen: Candidate, best: Candidate, layers: NodeLayers): void {
  const bars = layoutWidthChart(chosen, best, layers);
  const svg = ensureSvg(box, "widths", CHART_WIDTH, CHART_HEIGHT)
    .attr("role", "img")
    .attr(
      "aria-label",
      `Filters that stay in each of ${bars.length} layers: ${bars.map(({ title }) => title).join("; ")}`,
    );
  const groups = ensureGroup(svg, "layers")
    .selectAll<SVGGElement, Bar>(":scope > g")
    .data(bars, ({ layer }) => layer)
    .join((enter) => {
      const group = enter.append("g");
      group.append("title");
      group.append("rect").attr("class", "whole");
      group.append("rect").attr("class", "remaining");
      group.append("line");
      return group;
    });
  groups.select("title").text(({ title }) => title);
  groups
    .select("rect.whole")
    .attr("x", ({ x }) => x)
    .attr("y", TOP_MARGIN)
    .attr("width", ({ width }) => width)
    .attr("height", CHART_HEIGHT - TOP_MARGIN - BOTTOM_MARGIN);
  groups
    .select("rect.remaining")
    .attr("x", ({ x }) => x)
    .attr("y", ({ top }) => top)
    .attr("width", ({ width }) => width)
    .attr("height", ({ height }) => height);
  groups
    .select("line")
    .attr("x1", ({ x }) => x)
    .attr("x2", ({ x, width }) => x + width)
    .attr("y1", (bar) => bar.best)
    .attr("y2", (bar) => bar.best);
  drawLabels(ensureGroup(svg, "titles"), [
    { key: "title", x: LEFT_MARGIN, y: 10, text: "Share of each layer’s filters that stay" },
    {
      key: "legend",
      x: LEFT_MARGIN,
      y: CHART_HEIGHT - 4,
      text: chosen === best ? "▮ best plan" : "▮ chosen plan · ━ best plan",
    },
    { key: "first", x: LEFT_MARGIN, y: CHART_HEIGHT - BOTTOM_MARGIN + 14, text: bars[0]?.layer ?? "" },
    {
      key: "last",
      x: CHART_WIDTH - LEFT_MARGIN,
      y: CHART_HEIGHT - BOTTOM_MARGIN + 14,
      text: bars.length > 1 ? bars.at(-1)!.layer : "",
      anchor: "end",
    },
  ]);
}

/** Returns a bar for every layer, in the order of the network. */
export function layoutWidthChart(chosen: Candidate, best: Candidate, { layers }: NodeLayers): readonly Bar[] {
  const step = (CHART_WIDTH - 2 * LEFT_MARGIN) / Math.max(1, layers.length);
  const width = Math.min(MAX_BAR_WIDTH, 0.8 * step);
  const height = CHART_HEIGHT - TOP_MARGIN - BOTTOM_MARGIN;
  return layers.map(({ name, filters }, index) => {
    const [remainingFilters, bestRemainingFilters] = [chosen.widths[name] ?? filters, best.widths[name] ?? filters];
    const share = remainingFilters / filters;
    return {
      layer: name,
      x: LEFT_MARGIN + index * step,
      width,
      top: TOP_MARGIN + (1 - share) * height,
      height: share * height,
      best: TOP_MARGIN + (1 - bestRemainingFilters / filters) * height,
      title:
        `${name}: ${formatCount(remainingFilters)} of ${formatCount(filters)} (${formatPercent(share, 0)})` +
        (chosen === best ? "" : `, best plan ${formatCount(bestRemainingFilters)}`),
    };
  });
}
