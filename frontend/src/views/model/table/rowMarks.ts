/** Draws everything in the rows of the layer table except bubbles: names, counts, bars, locks, brackets. */
import { drawLabels, drawLines, type Group, type Label, ensureGroup, type Svg } from "../../../marks/elements";
import { drawBars } from "../bars";
import { drawIfChanged } from "../../../marks/drawIfChanged";
import { shortenText } from "../../../marks/format";
import type { GroupBracket, Row } from "./rows";
import { scoreTicks, toX } from "./scale";
import type { TableCallbacks, TableData } from "./tableData";
import { thresholdRemovesNothing, thresholdX } from "./chartData";

export function drawRows(svg: Svg, data: TableData, callbacks: TableCallbacks): void {
  const { layout, scale, chosenLayer, locked } = data;
  tintRemovedSide(ensureGroup(svg, "tint"), data);
  drawIfChanged(svg, "rows", { layout, scale, chosenLayer }, (rows) => {
    drawGrid(ensureGroup(svg, "grid"), rows);
    drawChosenRow(ensureGroup(svg, "chosen"), rows);
    drawBrackets(ensureGroup(svg, "brackets"), rows.layout.brackets);
    drawLayerNames(ensureGroup(svg, "names"), rows, callbacks);
  });
  drawRemovedShares(ensureGroup(svg, "removed"), data);
  drawIfChanged(svg, "locks", { layout, locked }, (locks) =>
    drawLockButtons(ensureGroup(svg, "locks"), locks, callbacks),
  );
}

/** Tints the side of the threshold line on which filters are removed, in all rows whose filters the rule may remove. */
function tintRemovedSide(group: Group, data: TableData): void {
  const at = thresholdX(data);
  const [left, right] = data.layout.plot;
  const unlockedRows = data.layout.rows.filter((row) => row.isPrunable && !data.locked.has(row.name));
  const bars = at === null || thresholdRemovesNothing(data) ? [] : unlockedRows;
  const from = data.line.removesLeft ? left : (at ?? left);
  const to = data.line.removesLeft ? (at ?? left) : right;
  drawBars(
    group,
    bars.map(({ layer: index, y }) => ({
      key: `${index}`,
      x: from,
      y,
      width: to - from,
      height: data.layout.rowHeight,
      fill: "var(--remove-weak)",
    })),
  );
}

function drawGrid(group: Group, { layout, scale }: Pick<TableData, "layout" | "scale">): void {
  const rowLines = layout.rows.map((row) => ({
    key: `r${row.layer}`,
    x1: 12,
    x2: layout.width - 12,
    y1: row.y + 0.5,
    y2: row.y + 0.5,
  }));
  const tickLines = scoreTicks(scale).map((tick) => ({
    key: `t${tick}`,
    x1: toX(scale, tick),
    x2: toX(scale, tick),
    y1: 0,
    y2: layout.height,
  }));
  drawLines(group, [...rowLines, ...tickLines], "var(--grid)");
}

function drawChosenRow(group: Group, { layout, chosenLayer }: Pick<TableData, "layout" | "chosenLayer">): void {
  const row = layout.rows[chosenLayer];
  drawBars(
    group,
    row ? [{ key: "bar", x: 4, y: row.y + 0.5, width: 3, height: layout.rowHeight - 1, fill: "var(--accent)" }] : [],
  );
}

function drawBrackets(group: Group, brackets: readonly GroupBracket[]): void {
  group
    .selectAll<SVGPathElement, GroupBracket>("path")
    .data(brackets, (bracket) => bracket.group)
    .join((enter) => {
      const path = enter.append("path").attr("fill", "none").attr("stroke", "var(--mark-2)");
      path.append("title");
      return path;
    })
    .attr("d", ({ x, top, bottom, ticks }) => `M${x},${top}V${bottom}` + ticks.map((y) => `M${x},${y}h4`).join(""))
    .select("title")
    .text((bracket) => bracket.title);
}

function drawLayerNames(
  group: Group,
  { layout, chosenLayer }: Pick<TableData, "layout" | "chosenLayer">,
  callbacks: TableCallbacks,
): void {
  const rows = group
    .selectAll<SVGGElement, Row>(":scope > g")
    .data(layout.rows, (row) => row.layer)
    .join((enter) => {
      const row = enter.append("g");
      row.append("rect").attr("fill", "transparent");
      for (const name of ["name", "count", "reason"]) row.append("text").attr("class", name);
      row.append("title");
      return row;
    })
    .on("click", (_, row) => callbacks.onChooseLayer(row.layer));
  const middle = (row: Row): number => row.y + layout.rowHeight / 2 + 4;
  rows
    .select("rect")
    .attr("x", 0)
    .attr("y", (row) => row.y)
    .attr("width", layout.plot[0] - 4)
    .attr("height", layout.rowHeight);
  rows.select("title").text((row) => `${row.name}${row.reason ? `, ${row.reason}` : ""}`);
  rows
    .select("text.name")
    .attr("x", layout.nameX)
    .attr("y", middle)
    .text((row) => row.label);
  rows
    .select("text.name")
    .attr("class", (row) => `name ${row.layer === chosenLayer ? "bold" : row.isPrunable ? "strong" : "dimmed"}`);
  rows
    .select("text.count")
    .attr("x", layout.plot[0] - 8)
    .attr("y", middle)
    .attr("text-anchor", "end")
    .text((row) => row.filters);
  rows
    .select("text.reason")
    .attr("class", "reason dimmed")
    .attr("x", layout.plot[0] + 8)
    .attr("y", middle)
    .text((row) => shortenText(row.reason ?? "", layout.width - layout.plot[0] - 20));
}

function drawRemovedShares(group: Group, { layout, removedFiltersPerLayer }: TableData): void {
  const rows = layout.rows.filter((row) => row.isPrunable);
  const [x, width] = layout.bars;
  const y = (row: Row): number => row.y + layout.rowHeight / 2 - 4;
  const removedFilterCount = (row: Row): number => removedFiltersPerLayer[row.layer]!;
  drawBars(group, [
    ...rows.map((row) => ({ key: `t${row.layer}`, x, y: y(row), width, height: 8, fill: "var(--mark-3)" })),
    ...rows.map((row) => ({
      key: `b${row.layer}`,
      x,
      y: y(row),
      width: (width * removedFilterCount(row)) / row.filters,
      height: 8,
      fill: "var(--remove)",
    })),
  ]);
  const labels = rows.map((row): Label => {
    const text = removedFilterCount(row)
      ? `${removedFilterCount(row)} · ${Math.round((100 * removedFilterCount(row)) / row.filters)}%`
      : "0";
    return {
      key: `${row.layer}`,
      x: layout.removedShareX,
      y: y(row) + 8,
      text,
      anchor: "end",
      emphasis: removedFilterCount(row) ? "strong" : "dimmed",
    };
  });
  drawLabels(group, labels);
}

const OPEN_LOCK_PATH = "M3 5V3.5a2.5 2.5 0 0 1 4.9-.7";
const CLOSED_LOCK_PATH = "M3 5V3.5a2.5 2.5 0 0 1 5 0V5";

function drawLockButtons(
  group: Group,
  { layout, locked }: Pick<TableData, "layout" | "locked">,
  callbacks: TableCallbacks,
): void {
  const locks = group
    .selectAll<SVGGElement, Row>(":scope > g")
    .data(
      layout.rows.filter((row) => row.isPrunable),
      (row) => row.layer,
    )
    .join((enter) => {
      const lockButton = enter.append("g").attr("class", "lock").attr("role", "button").attr("tabindex", -1);
      lockButton.append("rect").attr("class", "hit").attr("width", 24).attr("fill", "transparent").attr("x", -6);
      lockButton.append("rect").attr("class", "body").attr("width", 9).attr("height", 6.5).attr("x", 1);
      lockButton.append("path").attr("fill", "none");
      lockButton.append("title");
      return lockButton;
    })
    .on("click", (_, row) => callbacks.onToggleLock(row.layer))
    .attr("transform", (row) => `translate(${layout.lockX + 6},${row.y + layout.rowHeight / 2 - 6})`)
    .attr("aria-pressed", (row) => locked.has(row.name))
    .attr("aria-label", (row) => `Lock ${row.name}`);
  locks
    .select("rect.hit")
    .attr("y", 6 - layout.rowHeight / 2)
    .attr("height", layout.rowHeight);
  locks
    .select("rect.body")
    .attr("y", 5)
    .attr("fill", (row) => (locked.has(row.name) ? "var(--text)" : "none"));
  locks.select("path").attr("d", (row) => (locked.has(row.name) ? CLOSED_LOCK_PATH : OPEN_LOCK_PATH));
  locks.attr("stroke", (row) => (locked.has(row.name) ? "var(--text)" : "var(--mark-2)")).attr("stroke-width", 1.3);
  locks
    .select("title")
    .text(
      (row) =>
        `${row.name}: ${locked.has(row.name) ? "locked: the rule removes none of this layer’s filters" : "not locked"} (L)`,
    );
}
