/**
 * Shows how well the criteria agree on the order of removal: a matrix of Spearman's ρ between criteria, and the rank of
 * one filter by each criterion.
 */
import type { Agreement } from "../../api/values";
import { sequentialColours } from "../../marks/colour";
import { formatPlural } from "../../marks/format";
import {
  type Box,
  drawLabels,
  type Group,
  type Label,
  ensureGroup,
  ensureElement,
  showOrClear,
  ensureSvg,
} from "../../marks/elements";
import type { FilterRanks } from "../../state/selectors/agreement";
import { drawEmptyState } from "../empty";
import { type AgreementLayout, formatRank, layoutAgreement, type Row, type Tile } from "./layout";

export interface AgreementData {
  /** How well the criteria agree; null while this is being loaded, or after an error. */
  readonly agreement: Agreement | null;
  readonly error: string | null;
  readonly ranks: FilterRanks | null;
  /** Titles of the criteria, in the order of `agreement.criteria`. */
  readonly titles: readonly string[];
  /** The criterion on the x axis of the layer table. */
  readonly criterion: string;
  readonly width: number;
  readonly height: number;
  readonly isDark: boolean;
}

export interface AgreementCallbacks {
  onChooseCriterion(spec: string): void;
  onRetry(): void;
  onClose(): void;
}

const HEADER_HEIGHT = 32;
/** Minimum width of the chart at which its full caption is shown, in pixels. */
const MIN_WIDTH_FOR_FULL_CAPTION = 480;

export function drawAgreement(box: Box, data: AgreementData, callbacks: AgreementCallbacks): void {
  drawHead(ensureElement(box, "div", "planhead"), data, callbacks);
  drawEmptyState(
    ensureElement(box, "div", "noagreement").attr("hidden", data.agreement ? "" : null),
    data.agreement ? null : explainMissingAgreement(data, callbacks),
  );
  const body = ensureElement(box, "div", "tiles");
  showOrClear(body, data.agreement !== null);
  if (!data.agreement) return;
  const size = { width: data.width, height: data.height - HEADER_HEIGHT };
  const layout = layoutAgreement(data.agreement, data.titles, data.ranks, size);
  const svg = ensureSvg(body, "agreement", size.width, Math.max(size.height, layout.height));
  svg.attr("role", "group").attr("aria-label", "Rank correlation of criteria");
  drawColumns(ensureGroup(svg, "columns"), layout, data.ranks);
  drawTiles(ensureGroup(svg, "squares"), layout, data.isDark);
  drawRows(ensureGroup(svg, "rows"), layout, data.criterion, callbacks);
  drawRanks(ensureGroup(svg, "ranks"), layout);
}

function drawHead(head: Box, { agreement, width }: AgreementData, { onClose }: AgreementCallbacks): void {
  ensureElement(head, "h2", "name").text("Agreement of criteria");
  const skippedCriteria = Object.entries(agreement?.skipped ?? {});
  const units = agreement ? agreement.unit.length : 0;
  const summaryText = !agreement
    ? ""
    : width > MIN_WIDTH_FOR_FULL_CAPTION
      ? `Spearman’s ρ over ${formatPlural(units, "removable unit")}`
      : `ρ, ${formatPlural(units, "unit")}`;
  const skippedCriterionCount = skippedCriteria.length;
  const skippedText =
    width > MIN_WIDTH_FOR_FULL_CAPTION
      ? ` · skipped criteria: ${skippedCriterionCount}`
      : ` · ${skippedCriterionCount} skipped`;
  ensureElement(head, "span", "dim small about")
    .text(skippedCriterionCount ? summaryText + skippedText : summaryText)
    .attr(
      "title",
      [
        `Spearman’s ρ over ${formatPlural(units, "removable unit")}`,
        "How similar the orders are in which two criteria would remove filters: 1 means identical, 0 unrelated, −1 reversed",
        ...skippedCriteria.map(([name, reason]) => `${name}: ${reason}`),
      ].join("\n"),
    );
  ensureElement(head, "span", "grow");
  ensureElement(head, "button", "pick bare")
    .attr("type", "button")
    .attr("title", "Back to the plan (A)")
    .text("Plan")
    .on("click", () => onClose());
}

function explainMissingAgreement({ error }: AgreementData, { onRetry }: AgreementCallbacks) {
  if (error === null) return { title: "Comparing criteria…", sentence: "Missing scores are being computed." };
  return { title: "These criteria cannot be compared", sentence: error, button: { text: "Try again", run: onRetry } };
}

function drawColumns(
  group: Group,
  { rows, left, top, rowNamesTop, ranksTop, nameWidth, tile, rankTextRight, unitCount }: AgreementLayout,
  ranks: FilterRanks | null,
): void {
  const columnNumbers = rows.map((row, index): Label => ({
    key: row.spec,
    x: left + (index + 0.5) * tile.width,
    y: top - 5,
    text: `${index + 1}`,
    anchor: "middle",
    emphasis: "dimmed",
  }));
  const rowNumbers =
    rowNamesTop === top
      ? []
      : rows.map((row, index): Label => ({
          key: `row ${row.spec}`,
          x: left - 6,
          y: top + (index + 0.5) * tile.height + 4,
          text: `${index + 1}`,
          anchor: "end",
          emphasis: "dimmed",
        }));
  const areRanksSeparate = ranksTop !== rowNamesTop; // the ranks are listed below, by row number
  const rankListRowNumbers =
    !areRanksSeparate || !ranks
      ? []
      : rows.map((row, index): Label => ({
          key: `rank ${row.spec}`,
          x: nameWidth - 6,
          y: row.rankY + tile.height / 2 + 4,
          text: `${index + 1}`,
          anchor: "end",
          emphasis: "dimmed",
        }));
  const title = ranks ? ranks.title : "hover over a filter:";
  drawLabels(group, [
    ...columnNumbers,
    ...rowNumbers,
    ...rankListRowNumbers,
    {
      key: " title",
      x: rankTextRight,
      y: ranksTop - 22,
      text: title,
      anchor: "end",
      emphasis: ranks ? "bold" : "dimmed",
    },
    {
      key: " rank",
      x: rankTextRight,
      y: ranksTop - 5,
      text: `rank of ${unitCount}`,
      anchor: "end",
      emphasis: "dimmed",
    },
  ]);
}

function drawTiles(group: Group, { tiles, tile, fontSize }: AgreementLayout, isDark: boolean): void {
  const tileColours = ({ value }: Tile) => sequentialColours(Math.abs(value ?? 0), isDark);
  const squares = group
    .selectAll<SVGGElement, Tile>(":scope > g")
    .data(tiles, ({ key }) => key)
    .join((enter) => {
      const square = enter.append("g");
      square.append("rect");
      square.append("text");
      square.append("title");
      return square;
    });
  squares.attr("transform", ({ x, y }) => `translate(${x},${y})`);
  squares
    .select("rect")
    .attr("width", tile.width - 1)
    .attr("height", tile.height - 1)
    .attr("fill", (square) => tileColours(square).fill)
    .attr("class", ({ value }) => (value !== null && value <= -0.005 ? "below" : null));
  squares
    .select("text")
    .attr("x", tile.width / 2)
    .attr("y", tile.height / 2 + 0.36 * fontSize)
    .attr("text-anchor", "middle")
    .style("fill", (square) => tileColours(square).text)
    .style("font-size", `${fontSize}px`)
    .text(({ text }) => (fontSize === 0 ? "" : text));
  squares.select("title").text(({ title }) => title);
}

/**
 * Draws the rows, of which only one can be reached with the Tab key. Arrow keys move between rows; Enter puts the
 * criterion of the row on the x axis of the layer table.
 */
function drawRows(
  group: Group,
  { rows, tile, nameWidth }: AgreementLayout,
  criterion: string,
  { onChooseCriterion }: AgreementCallbacks,
): void {
  const focusableRowIndex = Math.max(
    0,
    rows.findIndex(({ spec }) => spec === criterion),
  );
  const marks = group
    .selectAll<SVGGElement, Row>(":scope > g")
    .data(rows, ({ spec }) => spec)
    .join((enter) => {
      const row = enter.append("g").attr("role", "button");
      row.append("rect").attr("class", "hit");
      row.append("text");
      return row;
    });
  marks
    .attr("tabindex", (_, index) => (index === focusableRowIndex ? 0 : -1))
    .attr("aria-label", ({ label }) => label)
    .attr("aria-pressed", ({ spec }) => spec === criterion)
    .attr("transform", ({ y }) => `translate(0,${y})`)
    .on("click", (_, { spec }) => onChooseCriterion(spec))
    .on("keydown", (event: KeyboardEvent, { spec }) => {
      if (event.key === "Enter" || event.key === " ") onChooseCriterion(spec);
      else if (event.key === "ArrowDown" || event.key === "ArrowUp")
        focusNeighbourRow(event.currentTarget as SVGElement, event.key === "ArrowDown");
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  marks
    .select("rect")
    .attr("x", 6)
    .attr("width", nameWidth - 8)
    .attr("height", tile.height - 1);
  marks
    .select("text")
    .attr("x", 12)
    .attr("y", tile.height / 2 + 4)
    .attr("class", ({ spec }) => (spec === criterion ? "bold" : ""))
    .text(({ name }) => name);
}

function focusNeighbourRow(row: SVGElement, isForward: boolean): void {
  const neighbourRow = isForward ? row.nextElementSibling : row.previousElementSibling;
  (neighbourRow as SVGElement | null)?.focus();
}

function drawRanks(
  group: Group,
  { rows, tile, barRange: [from, to], rankTextRight, unitCount }: AgreementLayout,
): void {
  const rankedRows = rows.filter(({ rank }) => rank !== null);
  const barOffset = (rank: number): number =>
    unitCount > 1 ? ((rank - 1) / (unitCount - 1)) * Math.max(0, to - from) : 0;
  const barY = ({ rankY }: Row): number => rankY + tile.height / 2 - 3;
  group
    .selectAll<SVGRectElement, Row>(":scope > rect.ground")
    .data(to > from ? rankedRows : [], ({ spec }) => spec)
    .join("rect")
    .attr("class", "ground")
    .attr("x", from)
    .attr("y", barY)
    .attr("width", Math.max(0, to - from))
    .attr("height", 6);
  group
    .selectAll<SVGRectElement, Row>(":scope > rect.marker")
    .data(to > from ? rankedRows : [], ({ spec }) => spec)
    .join("rect")
    .attr("class", "marker")
    .attr("x", ({ rank }) => from + barOffset(rank!) - 1.5)
    .attr("y", (row) => barY(row) - 2)
    .attr("width", 3)
    .attr("height", 10);
  drawLabels(
    group,
    rankedRows.map((row) => ({
      key: row.spec,
      x: rankTextRight,
      y: row.rankY + tile.height / 2 + 4,
      text: formatRank(row.rank!),
      anchor: "end" as const,
    })),
  );
}
