/** Shows, for each layer and node, the number of filters as a bar and the kept original filters as a strip. */
import { select } from "d3-selection";
import type { Comparison } from "../../api/values";
import { formatCount } from "../../marks/format";
import { ensureSvg, type Box, type Group } from "../../marks/elements";
import { drawTable } from "./table";
import { excludeNumbers, stripPath } from "./strips";

interface Cell {
  readonly width: number;
  readonly originalFilterCount: number;
  readonly kept: readonly number[];
  readonly common: readonly number[];
  readonly cellWidth: number;
}

const HEIGHT = 18;

export function drawLayers(box: Box, { layers, nodes }: Comparison, cellWidth: number): void {
  drawTable<Cell>(box, {
    name: "layers",
    columnTitles: nodes.map(({ number }) => `node ${number}`),
    rows: layers.map(({ name, original_filters, widths, kept, common }) => ({
      key: name,
      name: `${name} · ${formatCount(original_filters)}`,
      cells: widths.map((width, index) => ({
        width,
        originalFilterCount: original_filters,
        kept: kept[index] ?? [],
        common,
        cellWidth,
      })),
    })),
    draw: drawCell,
  });
}

function drawCell(cell: HTMLTableCellElement, data: Cell): void {
  const { width, originalFilterCount, kept, common, cellWidth } = data;
  const differingFilters = excludeNumbers(kept, common);
  const svg = ensureSvg(select<HTMLElement, unknown>(cell), "strip", cellWidth, HEIGHT);
  const description = `${formatCount(width)} of ${formatCount(originalFilterCount)} filters kept, of which ${formatCount(differingFilters.length)} are not kept by all nodes`;
  svg.attr("role", "img").attr("aria-label", description);
  cell.title = description;
  const maxBarWidth = cellWidth - 40;
  const paths = [
    { name: "track", d: `M0,14h${maxBarWidth}v3h${-maxBarWidth}z` },
    {
      name: "bar",
      d: `M0,14h${(maxBarWidth * width) / originalFilterCount}v3h${(-maxBarWidth * width) / originalFilterCount}z`,
    },
    { name: "common", d: stripPath(common, { originalFilterCount, width: maxBarWidth, top: 5, height: 7 }) },
    {
      name: "unshared",
      d: stripPath(differingFilters, { originalFilterCount, width: maxBarWidth, top: 0, height: 12 }),
    },
  ];
  drawPaths(svg, paths);
  svg
    .selectAll<SVGTextElement, string>(":scope > text")
    .data([formatCount(width)])
    .join("text")
    .attr("x", cellWidth - 4)
    .attr("y", 13)
    .attr("text-anchor", "end")
    .attr("class", "strong")
    .text((text) => text);
}

function drawPaths(svg: Group, paths: readonly { readonly name: string; readonly d: string }[]): void {
  svg
    .selectAll<SVGPathElement, (typeof paths)[number]>(":scope > path")
    .data(paths, ({ name }) => name)
    .join("path")
    .attr("class", ({ name }) => name)
    .attr("d", ({ d }) => d);
}
