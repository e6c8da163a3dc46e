/**
 * Computes the layout of the agreement chart without drawing it. Each row shows one criterion: its rank correlations
 * with the other criteria and, on the right, its rank for one filter.
 */
import type { Agreement } from "../../api/values";
import { cutNameToWidth } from "../confusion/layout";
import type { FilterRanks } from "../../state/selectors/agreement";

export interface AgreementSize {
  readonly width: number;
  readonly height: number;
}

export interface Row {
  readonly spec: string;
  /** Number and name of the criterion: "3 L2 norm". */
  readonly name: string;
  /**
   * Y of the criterion's name, in pixels. The name is next to the criterion's row of tiles or, if there is no room, in
   * a list below all tiles.
   */
  readonly y: number;
  /**
   * Y of the criterion's rank for the filter, in pixels. The rank is next to the criterion's name or below all tiles.
   */
  readonly rankY: number;
  /** Rank of the filter by the criterion; rank 1 is removed first. Null if no filter is shown. */
  readonly rank: number | null;
  /** Description of the row for screen readers. */
  readonly label: string;
}

export interface Tile {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  /** Spearman's rank correlation of two criteria, −1 to 1; null if it is undefined. */
  readonly value: number | null;
  readonly text: string;
  readonly title: string;
}

export interface AgreementLayout {
  readonly rows: readonly Row[];
  readonly tiles: readonly Tile[];
  readonly tile: AgreementSize;
  /**
   * Font size of the correlations in the tiles, in pixels; 0 if they do not fit and are shown only in the tooltips and
   * row labels.
   */
  readonly fontSize: number;
  /** Left edge of the matrix of tiles, in pixels. */
  readonly left: number;
  /** Top edge of the matrix of tiles, in pixels. */
  readonly top: number;
  /** Top edge of the list of criteria, in pixels. */
  readonly rowNamesTop: number;
  /** Top edge of the list of ranks, in pixels. */
  readonly ranksTop: number;
  readonly nameWidth: number;
  readonly height: number;
  /** Left and right ends of the bars that show the ranks, in pixels. */
  readonly barRange: readonly [number, number];
  /** Right end of the numbers next to the bars that show the ranks, in pixels. */
  readonly rankTextRight: number;
  /** Number of free (removable) units, which is also the highest possible rank. */
  readonly unitCount: number;
}

const TOP = 36;
const PAD = 12;
/** Width of a criterion's name without the number in front of it, in pixels. */
const NAME_WIDTH = 112;
/** Width of the column of names in a narrow panel, in pixels. */
const NARROW_NAME_WIDTH = 114;
/**
 * Width, in pixels, that a tile needs for "−.25" in the normal font and in the small font. If tiles are narrower, the
 * names of the criteria are listed below them.
 */
const [MIN_TILE_WIDTH_FOR_NORMAL_FONT, MIN_TILE_WIDTH_FOR_SMALL_FONT] = [26, 20];
const [NORMAL_FONT_SIZE, SMALL_FONT_SIZE] = [11, 9];

/** Computes the layout. `titles` are the titles of the criteria, in the order of `agreement.criteria`. */
export function layoutAgreement(
  agreement: Agreement,
  titles: readonly string[],
  ranks: FilterRanks | null,
  { width, height }: AgreementSize,
): AgreementLayout {
  const { criteria, unit } = agreement;
  const isWide = width > 480;
  const hasRowNames = isWide || (width - NARROW_NAME_WIDTH - PAD) / criteria.length >= MIN_TILE_WIDTH_FOR_SMALL_FONT;
  const [left, rankWidth] = isWide ? [142, 128] : [hasRowNames ? NARROW_NAME_WIDTH : 28, 0];
  const tile = {
    width: Math.max(14, Math.min(48, Math.floor((width - left - rankWidth - PAD) / criteria.length))),
    height: Math.max(13, Math.min(24, Math.floor((height - TOP - 4) / criteria.length))),
  };
  const yBelowTiles = TOP + criteria.length * tile.height + TOP + 8;
  const [rowNamesTop, ranksTop] = [hasRowNames ? TOP : yBelowTiles, isWide ? TOP : yBelowTiles];
  const rows = criteria.map((spec, row) => ({
    spec,
    ...layoutRow(agreement, titles, ranks, row),
    y: rowNamesTop + row * tile.height,
    rankY: ranksTop + row * tile.height,
  }));
  const tiles = criteria.flatMap((_, row) =>
    criteria.map((__, column) => layoutTile(agreement, titles, [row, column], { left, ...tile })),
  );
  const end = isWide ? left + criteria.length * tile.width : hasRowNames ? left : 150;
  return {
    rows,
    tiles,
    tile,
    fontSize:
      tile.width >= MIN_TILE_WIDTH_FOR_NORMAL_FONT
        ? NORMAL_FONT_SIZE
        : tile.width >= MIN_TILE_WIDTH_FOR_SMALL_FONT
          ? SMALL_FONT_SIZE
          : 0,
    left,
    top: TOP,
    rowNamesTop,
    ranksTop,
    nameWidth: hasRowNames ? left : end,
    height: ranksTop + criteria.length * tile.height + 4,
    barRange: [end + 12, width - PAD - 48],
    rankTextRight: width - PAD,
    unitCount: unit.length,
  };
}

function layoutRow(
  { correlation, unit }: Agreement,
  titles: readonly string[],
  ranks: FilterRanks | null,
  row: number,
): Pick<Row, "name" | "rank" | "label"> {
  const title = titles[row]!;
  const rank = ranks?.ranks[row] ?? null;
  const others = titles.flatMap((other, column) =>
    column === row ? [] : [`${other} ${formatCorrelation(correlation[row]?.[column] ?? null)}`],
  );
  const rankText = ranks && rank !== null ? ` ${ranks.title}: rank ${formatRank(rank)} of ${unit.length}.` : "";
  return {
    name: `${row + 1} ${cutNameToWidth(title, NAME_WIDTH)}`,
    rank,
    label: `${title}: rank correlation with ${others.join(", ")}.${rankText} Press Enter to show this criterion on the x axis.`,
  };
}

interface Grid extends AgreementSize {
  readonly left: number;
}

function layoutTile(
  { correlation, units }: Agreement,
  titles: readonly string[],
  [row, column]: readonly [number, number],
  grid: Grid,
): Tile {
  const value = correlation[row]?.[column] ?? null;
  const names = `${titles[row]!} and ${titles[column]!}`;
  const text = formatCorrelation(value);
  const count = units[row]?.[column] ?? 0;
  const description =
    value === null
      ? `ρ is undefined over ${count} removable units (too few, or all scores equal)`
      : `ρ = ${value.toFixed(3)} over ${count} removable units`;
  return {
    key: `${row}-${column}`,
    x: grid.left + column * grid.width,
    y: TOP + row * grid.height,
    value,
    text: row === column ? "" : text,
    title: `${names}: ${description}`,
  };
}

/** Formats a correlation: ".83", "−.12", "1"; a dash if undefined. */
export function formatCorrelation(value: number | null): string {
  if (value === null) return "–";
  const text = Math.abs(value).toFixed(2);
  return `${value <= -0.005 ? "−" : ""}${text === "1.00" ? "1" : text.slice(1)}`;
}

/** Formats a rank. Filters with equal scores share their mean rank, which can end in .5. */
export const formatRank = (rank: number): string => (Number.isInteger(rank) ? `${rank}` : rank.toFixed(1));
