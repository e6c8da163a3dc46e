/**
 * Draws one tick per filter of the chosen layer, by original number: short if the filter is kept, tall if it is
 * removed, with a ring if it is overridden.
 */
import { pointer } from "d3-selection";
import { formatCount, formatPlural } from "../../../marks/format";
import { type Box, drawLabels, drawLines, type Group, ensureGroup, type Svg, ensureSvg } from "../../../marks/elements";
import type { Structure } from "../../../planning/structure";
import { drawBars } from "../bars";
import type { UnitStates } from "../table/picture";

export interface LayerStripData {
  readonly structure: Structure;
  readonly states: UnitStates;
  readonly chosenLayer: number;
  readonly cursorUnit: number;
  readonly removedFilters: number;
  readonly width: number;
}

export interface LayerStripCallbacks {
  onHover(layer: number, unit: number): void;
  onToggleUnit(unit: number): void;
}

export const STRIP_HEIGHT = 44;
const LEFT_MARGIN = 12;
const TICKS_TOP = 22;
const TALL_TICK_HEIGHT = 16;

export function drawLayerStrip(box: Box, data: LayerStripData, callbacks: LayerStripCallbacks): void {
  const svg = ensureSvg(box, "strip", data.width, STRIP_HEIGHT);
  const info = data.structure.source.layers[data.chosenLayer];
  if (!info) return;
  const step = (data.width - 2 * LEFT_MARGIN) / info.original_filters;
  drawLines(
    ensureGroup(svg, "base"),
    [
      {
        key: "base",
        x1: LEFT_MARGIN,
        x2: data.width - LEFT_MARGIN,
        y1: TICKS_TOP + TALL_TICK_HEIGHT + 0.5,
        y2: TICKS_TOP + TALL_TICK_HEIGHT + 0.5,
      },
    ],
    "var(--line)",
  );
  drawFilterTicks(ensureGroup(svg, "ticks"), data, step);
  drawSummary(svg, data);
  const unitAtPointer = (event: PointerEvent): number => {
    const number = Math.floor((pointer(event, svg.node())[0] - LEFT_MARGIN) / step);
    return data.structure.unitByFilterNumber[data.chosenLayer]?.get(number) ?? -1;
  };
  svg
    .on("pointermove", (event: PointerEvent) => callbacks.onHover(data.chosenLayer, unitAtPointer(event)))
    .on("pointerleave", () => callbacks.onHover(-1, -1))
    .on("click", (event: PointerEvent) => {
      const unit = unitAtPointer(event);
      if (unit >= 0) callbacks.onToggleUnit(unit);
    });
}

interface FilterTicks {
  readonly keptPath: string;
  readonly removedPath: string;
  /** x positions of overridden filters, in pixels. */
  readonly overriddenXs: readonly number[];
}

/**
 * Combines the ticks into two SVG paths, one for kept and one for removed filters, so that a drag that changes
 * thousands of filters updates only two attributes.
 */
function layoutFilterTicks({ structure, states, chosenLayer }: LayerStripData, step: number): FilterTicks {
  const ticks = { keptPath: "", removedPath: "", overriddenXs: [] as number[] };
  const tickWidth = Math.max(1, step - (step > 2 ? 0.7 : 0.25));
  for (const [number, u] of structure.unitByFilterNumber[chosenLayer]!) {
    const x = LEFT_MARGIN + number * step;
    const bar = (top: number): string =>
      `M${x.toFixed(2)},${top}h${tickWidth.toFixed(2)}V${TICKS_TOP + TALL_TICK_HEIGHT}h${(-tickWidth).toFixed(2)}z`;
    if (states.removed[u]) ticks.removedPath += bar(TICKS_TOP);
    else ticks.keptPath += bar(TICKS_TOP + 6);
    if (states.overrides[u]) ticks.overriddenXs.push(x + tickWidth / 2);
  }
  return ticks;
}

function drawFilterTicks(group: Group, data: LayerStripData, step: number): void {
  const { keptPath, removedPath, overriddenXs } = layoutFilterTicks(data, step);
  group
    .selectAll("path")
    .data([keptPath, removedPath])
    .join("path")
    .attr("d", (path) => path)
    .attr("fill", (_, i) => (i ? "var(--remove)" : "var(--mark-2)"));
  group
    .selectAll("circle")
    .data(overriddenXs)
    .join("circle")
    .attr("cx", (x) => x)
    .attr("cy", TICKS_TOP + 1)
    .attr("r", 2.5)
    .attr("class", "overridden");
  const numbers = data.structure.unitByFilterNumber[data.chosenLayer]!;
  const chosen = [...numbers]
    .filter(([, u]) => u === data.cursorUnit && u >= 0)
    .map(([number]) => LEFT_MARGIN + number * step);
  group
    .selectAll("rect")
    .data(chosen)
    .join("rect")
    .attr("class", "cursor")
    .attr("x", (x) => x - 2)
    .attr("y", TICKS_TOP - 2)
    .attr("width", Math.max(1, step) + 4)
    .attr("height", TALL_TICK_HEIGHT + 4);
}

function drawSummary(svg: Svg, data: LayerStripData): void {
  const { name, filters, original_filters: original } = data.structure.source.layers[data.chosenLayer]!;
  const overrides = [...data.structure.unitByFilterNumber[data.chosenLayer]!.values()].filter(
    (u) => data.states.overrides[u],
  ).length;
  const removedEarlierText = `${formatCount(original - filters)} of ${formatCount(original)} removed by earlier plans`;
  const text = `removes ${formatCount(data.removedFilters)} of ${formatCount(filters)}; ${removedEarlierText}; ${formatPlural(overrides, "override")}`;
  const hasLegend = data.width > 620;
  const right = data.width - 12;
  drawLabels(ensureGroup(svg, "words"), [
    { key: "name", x: LEFT_MARGIN, y: 14, text: name, emphasis: "bold" },
    { key: "text", x: LEFT_MARGIN + 8 + name.length * 6.6, y: 14, text },
    { key: "range", x: right, y: 14, text: `0–${original - 1}`, anchor: "end", emphasis: "dimmed" },
    ...(hasLegend
      ? [
          { key: "kept", x: right - 211, y: 14, text: "kept" },
          { key: "removed", x: right - 173, y: 14, text: "removed" },
          { key: "override", x: right - 103, y: 14, text: "override" },
        ]
      : []),
  ]);
  const legend = ensureGroup(svg, "key").attr("display", hasLegend ? null : "none");
  drawBars(legend, [
    { key: "kept", x: right - 221, y: 6, width: 5, height: 9, fill: "var(--mark-2)" },
    { key: "removed", x: right - 181, y: 4, width: 3, height: 12, fill: "var(--remove)" },
  ]);
  legend
    .selectAll("circle")
    .data([0])
    .join("circle")
    .attr("class", "overridden")
    .attr("cx", right - 111)
    .attr("cy", 10)
    .attr("r", 3);
}
