/**
 * Lays out the architecture chart without drawing it: a block for each layer, grouped by the size of the output, and a
 * bar for each pooling operation.
 */
import type { Structure } from "../../../planning/structure";

export interface LayerBlock {
  readonly layer: number;
  readonly name: string;
  readonly kind: "conv" | "depthwise" | "grouped" | "linear";
  readonly isOutput: boolean;
  readonly x: number;
  readonly width: number;
  /** Height of the block with the node's present filters, in pixels. */
  readonly height: number;
  /** Height of the block after the plan, in pixels. */
  readonly heightAfter: number;
  /** Number of filters of the layer now. */
  readonly filters: number;
  /** Number of filters of the layer after the plan. */
  readonly filtersAfter: number;
}

export interface Size {
  readonly label: string;
  readonly x: number;
  readonly width: number;
}

export interface ArchitectureLayout {
  /** Y of the bottom edge of all blocks, in pixels. */
  readonly bottomY: number;
  readonly blocks: readonly LayerBlock[];
  readonly pools: readonly number[];
  readonly sizes: readonly Size[];
  /**
   * Interval between the layers that show their number of filters, so that the numbers do not overlap: 3 means every
   * third layer.
   */
  readonly labelInterval: number;
}

const LEFT_MARGIN = 76;
const RIGHT_MARGIN = 12;
const GAP = 1;
const POOL_WIDTH = 8;
const MAX_BLOCK_HEIGHT = 44;

export function layoutArchitecture(
  structure: Structure,
  after: Int32Array,
  width: number,
  height: number,
): ArchitectureLayout {
  const ops = structure.source.architecture.filter((op) => op.kind === "layer" || op.kind === "pool");
  const layers = ops.filter((op) => op.kind === "layer").length;
  const pools = ops.length - layers;
  const step = Math.min(37, (width - LEFT_MARGIN - RIGHT_MARGIN - pools * POOL_WIDTH) / Math.max(1, layers));
  const maxFilters = Math.max(1, ...structure.source.layers.map((layer) => layer.filters));
  const base = height - 44;
  const parts = { blocks: [] as LayerBlock[], pools: [] as number[], sizes: [] as Size[] };
  let x = LEFT_MARGIN;
  for (const op of ops) {
    if (op.kind === "pool" || op.layer === null) {
      parts.pools.push(x + POOL_WIDTH / 2 - 1.5);
      x += POOL_WIDTH;
      continue;
    }
    const block = buildBlock(structure, op.layer, after, { x, width: step - GAP, mostFilters: maxFilters });
    parts.blocks.push(block);
    addSizeLabel(parts.sizes, sizeLabel(structure, op.layer), block);
    x += step;
  }
  return { bottomY: base, ...parts, labelInterval: Math.max(1, Math.ceil(26 / step)) };
}

function buildBlock(
  structure: Structure,
  layer: number,
  after: Int32Array,
  place: { x: number; width: number; mostFilters: number },
): LayerBlock {
  const { name, kind, output, filters } = structure.source.layers[layer]!;
  const remainingFilters = output ? filters : after[layer]!;
  const heightForCount = (count: number): number => Math.max(2, (count / place.mostFilters) * MAX_BLOCK_HEIGHT);
  return {
    layer,
    name,
    kind,
    isOutput: output,
    x: place.x,
    width: place.width,
    height: output ? 30 : heightForCount(filters),
    heightAfter: output ? 30 : heightForCount(remainingFilters),
    filters,
    filtersAfter: remainingFilters,
  };
}

function sizeLabel(structure: Structure, layer: number): string {
  const { kind, height, width } = structure.source.layers[layer]!;
  return kind === "linear" ? "fc" : `${height}×${width}`;
}

function addSizeLabel(sizes: Size[], label: string, block: LayerBlock): void {
  const last = sizes[sizes.length - 1];
  if (last && last.label === label) sizes[sizes.length - 1] = { ...last, width: block.x + block.width - last.x };
  else sizes.push({ label, x: block.x, width: block.width });
}
