/**
 * Draws one block per layer with its number of filters before and after the plan. A click on a block chooses the layer.
 */
import type { Structure } from "../../../planning/structure";
import { type LayerBlock, layoutArchitecture, type ArchitectureLayout } from "./layout";
import { type Box, drawLabels, drawLines, type Group, ensureGroup, type Svg, ensureSvg } from "../../../marks/elements";
import { drawBars } from "../bars";

export interface ArchitectureData {
  readonly structure: Structure;
  /** Number of filters that each layer has after the plan, by layer index. */
  readonly filtersAfter: Int32Array;
  readonly chosenLayer: number;
  readonly width: number;
  readonly height: number;
}

export interface ArchitectureCallbacks {
  onChooseLayer(layer: number): void;
  onHoverLayer(layer: number | null): void;
}

const LAYER_KIND_FILLS: Record<LayerBlock["kind"], string> = {
  conv: "cat1",
  depthwise: "cat2",
  grouped: "cat2",
  linear: "cat0",
};
const LAYER_KIND_NAMES: Record<LayerBlock["kind"], string> = {
  conv: "conv",
  depthwise: "depthwise",
  grouped: "grouped",
  linear: "fully connected",
};

export function drawArchitecture(box: Box, data: ArchitectureData, callbacks: ArchitectureCallbacks): void {
  const layout = layoutArchitecture(data.structure, data.filtersAfter, data.width, data.height);
  const svg = ensureSvg(box, "architecture", data.width, data.height);
  svg
    .attr("role", "group")
    .attr("aria-label", "Layers of the network; the height of a block shows its number of filters");
  drawHatchPatterns(svg);
  drawChosenLayer(ensureGroup(svg, "chosen"), layout, data);
  drawBlocks(ensureGroup(svg, "blocks"), layout, callbacks);
  drawPoolingLayers(ensureGroup(svg, "pools"), layout);
  drawOutputSizes(ensureGroup(svg, "sizes"), layout);
  drawFilterCounts(ensureGroup(svg, "counts"), layout, data.chosenLayer);
  drawLegend(ensureGroup(svg, "key"), layout);
}

function drawHatchPatterns(svg: Svg): void {
  if (!svg.select("defs").empty()) return;
  const pattern = (id: string, background: string, stroke: string, thickness: number): void => {
    const hatch = svg
      .select<SVGDefsElement>("defs")
      .append("pattern")
      .attr("id", id)
      .attr("width", 4)
      .attr("height", 4);
    hatch.attr("patternUnits", "userSpaceOnUse").attr("patternTransform", "rotate(45)");
    hatch.append("rect").attr("width", 4).attr("height", 4).attr("fill", background);
    hatch.append("rect").attr("width", thickness).attr("height", 4).attr("fill", stroke);
  };
  svg.append("defs");
  pattern("hatch-remove", "var(--remove-weak)", "var(--remove)", 1.6);
  pattern("hatch-fixed", "var(--surface)", "var(--mark)", 1);
}

function drawChosenLayer(group: Group, layout: ArchitectureLayout, { chosenLayer, height }: ArchitectureData): void {
  const chosen = layout.blocks.find((block) => block.layer === chosenLayer);
  const chosenLayerBand = chosen && {
    key: "band",
    x: chosen.x - 1,
    y: layout.bottomY,
    width: chosen.width + 2,
    height: height - layout.bottomY - 6,
  };
  drawBars(group, chosenLayerBand ? [{ ...chosenLayerBand, fill: "var(--accent-weak)" }] : []);
}

function drawBlocks(group: Group, { blocks, bottomY }: ArchitectureLayout, callbacks: ArchitectureCallbacks): void {
  const nodes = group
    .selectAll<SVGGElement, LayerBlock>(":scope > g")
    .data(blocks, (block) => block.layer)
    .join((enter) => {
      const block = enter.append("g").attr("class", "block");
      for (const name of ["hit", "removed", "remaining"]) block.append("rect").attr("class", name);
      block.append("title");
      return block;
    })
    .on("click", (_, block) => callbacks.onChooseLayer(block.layer))
    .on("pointerenter", (_, block) => callbacks.onHoverLayer(block.layer))
    .on("pointerleave", () => callbacks.onHoverLayer(null));
  const bar = (name: string, top: (b: LayerBlock) => number, blockHeight: (b: LayerBlock) => number): typeof nodes =>
    nodes
      .select<SVGGElement>(`rect.${name}`)
      .attr("x", (b) => b.x)
      .attr("width", (b) => b.width)
      .attr("y", top)
      .attr("height", blockHeight);
  bar(
    "hit",
    () => bottomY - 46,
    () => 86,
  ).attr("fill", "transparent");
  bar(
    "removed",
    (b) => bottomY - b.height,
    (b) => Math.max(0, b.height - b.heightAfter),
  ).attr("fill", "url(#hatch-remove)");
  bar(
    "remaining",
    (b) => bottomY - b.heightAfter,
    (b) => b.heightAfter,
  )
    .attr("fill", (b) => (b.isOutput ? "url(#hatch-fixed)" : `var(--${LAYER_KIND_FILLS[b.kind]})`))
    .attr("stroke", (b) => `var(--${LAYER_KIND_FILLS[b.kind]}l)`);
  nodes
    .select("title")
    .text((b) => `${b.name}, ${LAYER_KIND_NAMES[b.kind]}: ${b.filters} filters, ${b.filtersAfter} after pruning`);
}

function drawPoolingLayers(group: Group, { pools, bottomY }: ArchitectureLayout): void {
  drawBars(
    group,
    pools.map((x, i) => ({ key: `${i}`, x, y: bottomY - 44, width: 3, height: 44, fill: "var(--mark)" })),
  );
}

function drawOutputSizes(group: Group, { sizes }: ArchitectureLayout): void {
  const labelledSizes = sizes.filter((size) => size.width >= size.label.length * 5);
  drawLines(
    group,
    sizes.map(({ x, width }, i) => ({ key: `${i}`, x1: x, x2: x + width, y1: 16.5, y2: 16.5 })),
    "var(--line-strong)",
  );
  drawLabels(
    group,
    labelledSizes.map(({ label, x, width }, i) => ({
      key: `${i}`,
      x: x + width / 2,
      y: 12,
      text: label,
      anchor: "middle" as const,
      emphasis: "dimmed" as const,
    })),
  );
}

function drawFilterCounts(group: Group, { blocks, bottomY, labelInterval }: ArchitectureLayout, chosen: number): void {
  const at = blocks.findIndex((block) => block.layer === chosen);
  const isFarFromChosen = (i: number): boolean => at < 0 || Math.abs(i - at) >= labelInterval;
  const shown = blocks.filter((_, i) => i === at || (i % labelInterval === 0 && isFarFromChosen(i)));
  const middle = (block: LayerBlock): number => block.x + block.width / 2;
  drawLabels(group, [
    { key: "now", x: 12, y: bottomY + 16, text: "now" },
    { key: "after", x: 12, y: bottomY + 31, text: "after" },
    ...shown.map((b) => ({
      key: `n${b.layer}`,
      x: middle(b),
      y: bottomY + 16,
      text: `${b.filters}`,
      anchor: "middle" as const,
    })),
    ...shown.map((b) => ({
      key: `a${b.layer}`,
      x: middle(b),
      y: bottomY + 31,
      text: `${b.filtersAfter}`,
      anchor: "middle" as const,
      emphasis: b.filtersAfter < b.filters ? ("bold" as const) : ("" as const),
    })),
  ]);
}

function drawLegend(group: Group, { blocks, pools }: ArchitectureLayout): void {
  const kinds = [...new Set(blocks.filter((block) => !block.isOutput).map((block) => block.kind))];
  const at = (i: number): number => 36 + 15 * i;
  drawBars(group, [
    ...kinds.map((kind, i) => ({
      key: kind,
      x: 12,
      y: at(i) - 8,
      width: 8,
      height: 8,
      fill: `var(--${LAYER_KIND_FILLS[kind]})`,
    })),
    ...(pools.length
      ? [{ key: "pool", x: 14, y: at(kinds.length) - 9, width: 3, height: 10, fill: "var(--mark)" }]
      : []),
  ]);
  const shortKindName = (kind: LayerBlock["kind"]): string =>
    kind === "linear" ? "fc" : kind === "depthwise" ? "depthw." : kind;
  drawLabels(group, [
    { key: "Layers", x: 12, y: 20, text: "Layers", emphasis: "bold" },
    ...kinds.map((kind, i) => ({ key: kind, x: 24, y: at(i), text: shortKindName(kind) })),
    ...(pools.length ? [{ key: "pool", x: 24, y: at(kinds.length), text: "pool" }] : []),
  ]);
}
