/** Lays out the layer table without drawing it: rows, columns, and brackets around coupled layers. */
import type { Layers, Structure } from "../../../planning/structure";

export interface Row {
  readonly layer: number;
  readonly name: string;
  readonly label: string;
  readonly filters: number;
  readonly y: number;
  readonly isPrunable: boolean;
  /** Reason why the layer cannot be pruned; null if it can be pruned. */
  readonly reason: string | null;
}

export interface GroupBracket {
  readonly group: number;
  readonly title: string;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
  readonly ticks: readonly number[];
}

export interface TableLayout {
  readonly width: number;
  readonly rowHeight: number;
  /** Height of all rows together, in pixels. */
  readonly height: number;
  /** Height of the visible area, in pixels. */
  readonly viewHeight: number;
  readonly isScrollable: boolean;
  readonly nameX: number;
  readonly plot: readonly [number, number];
  readonly bars: readonly [number, number];
  readonly removedShareX: number;
  readonly barcode: readonly [number, number];
  readonly lockX: number;
  readonly rows: readonly Row[];
  readonly brackets: readonly GroupBracket[];
}

export const HEADER_HEIGHT = 20;
export const FOOTER_HEIGHT = 30;
const MIN_ROW_HEIGHT = 22;
const MAX_ROW_HEIGHT = 52;
const CHARACTER_WIDTH = 6;
const LANE_WIDTH = 5;

export interface TableSize {
  readonly width: number;
  readonly height: number;
  readonly isEnlarged: boolean;
}

export function layoutTable(structure: Structure, size: TableSize): TableLayout {
  const layers = structure.source.layers;
  const viewHeight = Math.max(MIN_ROW_HEIGHT, size.height - HEADER_HEIGHT - FOOTER_HEIGHT);
  const rowHeight = Math.max(
    MIN_ROW_HEIGHT,
    Math.min(MAX_ROW_HEIGHT, Math.floor(viewHeight / Math.max(1, layers.length))),
  );
  const lanes = assignLanes(structure.source);
  const nameX = lanes.size ? 17 + LANE_WIDTH * Math.max(...lanes.values()) : 12;
  const columns = layoutColumns(layers, nameX, size);
  const rows = layers.map((layer, i) => buildRow(structure, layer, i * rowHeight, columns.plot[0] - nameX - 40));
  return {
    ...columns,
    width: size.width,
    rowHeight,
    height: rowHeight * rows.length,
    viewHeight: Math.min(viewHeight, rowHeight * rows.length),
    isScrollable: rowHeight * rows.length > viewHeight,
    nameX,
    rows,
    brackets: [...lanes].map(([group, lane]) => buildBracket(structure.source, group, lane, rowHeight)),
  };
}

export function rowAtY(layout: TableLayout, y: number): Row | undefined {
  return layout.rows[Math.floor(y / layout.rowHeight)];
}

type ColumnPositions = Pick<TableLayout, "plot" | "bars" | "removedShareX" | "barcode" | "lockX">;

function layoutColumns(layers: Layers["layers"], nameX: number, { width, isEnlarged }: TableSize): ColumnPositions {
  const longestNameLength = Math.max(0, ...layers.map((layer) => layer.name.length));
  const start = Math.max(
    nameX + 88,
    Math.min(nameX + (width > 700 ? 176 : 136), nameX + longestNameLength * CHARACTER_WIDTH + 44),
  );
  const isNarrow = width < 560;
  const rightColumnsWidth = isEnlarged ? 420 : isNarrow ? 172 : 222;
  const plot = [start, width - 12 - rightColumnsWidth] as const;
  const bars = [plot[1] + 16, isEnlarged ? 80 : isNarrow ? 28 : 44] as const;
  const removedShareX = bars[0] + bars[1] + (isEnlarged ? 70 : 56);
  const lockX = width - 30;
  return { plot, bars, removedShareX, barcode: [removedShareX + 12, lockX - 4 - removedShareX - 12], lockX };
}

function buildRow(structure: Structure, layer: Layers["layers"][number], y: number, room: number): Row {
  const isPrunable = !layer.output && structure.freeFilters[layer.index]! > 0;
  return {
    layer: layer.index,
    name: layer.name,
    label: shortenLayerName(layer.name, Math.floor(room / CHARACTER_WIDTH)),
    filters: layer.filters,
    y,
    isPrunable,
    reason: isPrunable ? null : notPrunableReason(structure, layer),
  };
}

/** Shortens a long layer name by cutting off its start, because layer names differ at their ends. */
export function shortenLayerName(name: string, maxCharacters: number): string {
  return name.length <= maxCharacters ? name : `…${name.slice(name.length - Math.max(1, maxCharacters - 1))}`;
}

function notPrunableReason(structure: Structure, layer: Layers["layers"][number]): string {
  if (layer.output) return `not pruned: its outputs are the ${layer.filters} classes`;
  for (const u of structure.unitByFilterNumber[layer.index]!.values()) {
    const reason = structure.source.units[u]!.reason;
    if (reason) return `not pruned: ${reason}`;
  }
  return "not pruned: it has no free filters";
}

/**
 * Returns the lane of each bracket, by group; a group has a bracket if it has two or more layers. Brackets that would
 * overlap are in different lanes.
 */
function assignLanes(layers: Layers): Map<number, number> {
  const ends: number[] = [];
  const lanes = new Map<number, number>();
  for (const group of layers.groups) {
    if (group.layers.length < 2) continue;
    const [first, last] = [Math.min(...group.layers), Math.max(...group.layers)];
    let lane = ends.findIndex((end) => end < first);
    if (lane < 0) lane = ends.length;
    ends[lane] = last;
    lanes.set(group.index, Math.min(lane, 5));
  }
  return lanes;
}

function buildBracket(layers: Layers, index: number, lane: number, rowHeight: number): GroupBracket {
  const group = layers.groups.find((candidate) => candidate.index === index)!;
  const ticks = group.layers.map((layer) => (layer + 0.5) * rowHeight);
  const names = group.layers.map((layer) => layers.layers[layer]!.name);
  return {
    group: index,
    title: `Coupled layers, pruned together: ${names.join(", ")}`,
    x: 9.5 + lane * LANE_WIDTH,
    top: Math.min(...ticks),
    bottom: Math.max(...ticks),
    ticks,
  };
}
