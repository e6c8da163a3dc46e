/** Agreement of criteria → numbers: a row per criterion, its correlation with each, and a filter's rank at the right. */
import type { Agreement } from "../../api/values";
import { abbreviate } from "../confusion/layout";
import type { FilterRanks } from "../../state/selectors/agreement";

export interface AgreementSize {
  readonly width: number;
  readonly height: number;
}

export interface Row {
  readonly spec: string;
  /** "3 L2 norm" */
  readonly name: string;
  /** Of its name: beside its tiles, or in a list below where there is no room. */
  readonly y: number;
  /** Of its rank: beside its name, or below tiles that have the names beside them. */
  readonly rankY: number;
  /** Place of the filter, 1 goes first; null: there is none. */
  readonly rank: number | null;
  /** What a screen reader says of it. */
  readonly label: string;
}

export interface Tile {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  /** −1 to 1; null where it is not defined. */
  readonly value: number | null;
  readonly text: string;
  readonly title: string;
}

export interface AgreementLayout {
  readonly rows: readonly Row[];
  readonly tiles: readonly Tile[];
  readonly tile: AgreementSize;
  /** Of the tiles' numbers, pixels; 0 where not even small ones fit: titles and rows say them. */
  readonly fontSize: number;
  /** Where the tiles begin. */
  readonly left: number;
  readonly top: number;
  /** Where the names begin. */
  readonly listTop: number;
  /** Where the ranks begin. */
  readonly rankTop: number;
  readonly nameWidth: number;
  readonly height: number;
  /** From where to where the bars of ranks go, and where their numbers end. */
  readonly bar: readonly [number, number];
  readonly rankEnd: number;
  /** Units that are ranked. */
  readonly units: number;
}

const TOP = 36;
const PAD = 12;
/** Of a name, without its number. */
const NAME_WIDTH = 112;
/** Of the column of names in a narrow panel. */
const NARROW_LEFT = 114;
/** Least width of a tile that holds "−.25" in the usual type, and in small type: below, names stand under the tiles. */
const [MIN_TILE_NORMAL, MIN_TILE_SMALL] = [26, 20];
const [NORMAL_FONT, SMALL_FONT] = [11, 9];

/** `titles`: of the criteria, in their order. */
export function layoutAgreement(
  agreement: Agreement,
  titles: readonly string[],
  ranks: FilterRanks | null,
  { width, height }: AgreementSize,
): AgreementLayout {
  const { criteria, unit } = agreement;
  const isWide = width > 480;
  const isNamed = isWide || (width - NARROW_LEFT - PAD) / criteria.length >= MIN_TILE_SMALL;
  const [left, ranked] = isWide ? [142, 128] : [isNamed ? NARROW_LEFT : 28, 0];
  const tile = {
    width: Math.max(14, Math.min(48, Math.floor((width - left - ranked - PAD) / criteria.length))),
    height: Math.max(13, Math.min(24, Math.floor((height - TOP - 4) / criteria.length))),
  };
  const below = TOP + criteria.length * tile.height + TOP + 8;
  const [listTop, rankTop] = [isNamed ? TOP : below, isWide ? TOP : below];
  const rows = criteria.map((spec, row) => ({
    spec,
    ...layoutRow(agreement, titles, ranks, row),
    y: listTop + row * tile.height,
    rankY: rankTop + row * tile.height,
  }));
  const tiles = criteria.flatMap((_, row) =>
    criteria.map((__, column) => layoutTile(agreement, titles, [row, column], { left, ...tile })),
  );
  const end = isWide ? left + criteria.length * tile.width : isNamed ? left : 150;
  return {
    rows,
    tiles,
    tile,
    fontSize: tile.width >= MIN_TILE_NORMAL ? NORMAL_FONT : tile.width >= MIN_TILE_SMALL ? SMALL_FONT : 0,
    left,
    top: TOP,
    listTop,
    rankTop,
    nameWidth: isNamed ? left : end,
    height: rankTop + criteria.length * tile.height + 4,
    bar: [end + 12, width - PAD - 48],
    rankEnd: width - PAD,
    units: unit.length,
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
  const place = ranks && rank !== null ? ` ${ranks.title}: rank ${formatRank(rank)} of ${unit.length}.` : "";
  return {
    name: `${row + 1} ${abbreviate(title, NAME_WIDTH)}`,
    rank,
    label: `${title}: rank correlation with ${others.join(", ")}.${place} Enter shows it on the x axis.`,
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
  const why = value === null ? "not defined: too few units, or all alike" : `ρ = ${value.toFixed(3)}`;
  return {
    key: `${row}-${column}`,
    x: grid.left + column * grid.width,
    y: TOP + row * grid.height,
    value,
    text: row === column ? "" : text,
    title: `${names}: ${why}, over ${units[row]?.[column] ?? 0} free units`,
  };
}

/** ".83", "−.12", "1"; a dash where there is none. */
export function formatCorrelation(value: number | null): string {
  if (value === null) return "–";
  const text = Math.abs(value).toFixed(2);
  return `${value <= -0.005 ? "−" : ""}${text === "1.00" ? "1" : text.slice(1)}`;
}

/** Ties have halves. */
export const formatRank = (rank: number): string => (Number.isInteger(rank) ? `${rank}` : rank.toFixed(1));
