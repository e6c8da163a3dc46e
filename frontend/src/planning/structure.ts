/**
 * Converts the layers of a node (a version of the network) to flat arrays, once per node, so that dragging the
 * threshold stays fast. Counterpart of the server's `planning/structure.py`.
 */
import type { NodeLayers } from "../api/values";

export type Layers = NodeLayers;
/**
 * Filters by layer name. Each filter is identified by its original number, the number that it has in the root network.
 */
export type FilterNumbers = Record<string, number[]>;

/**
 * The layers of a node and its units (filters that can only be removed together), as flat arrays. Unit `u` is the one
 * at index `u` of `source.units`; its filters are stored in `memberLayer` and `memberNumber`, from index
 * `memberStart[u]` to `memberStart[u + 1] - 1`.
 */
export interface Structure {
  readonly source: Layers;
  readonly unitCount: number;
  /** Position of each unit in `source.units`, by unit id. */
  readonly unitById: ReadonlyMap<number, number>;
  readonly freeUnitFlags: Uint8Array;
  readonly group: Int32Array;
  /** For each unit, the lowest original number among its filters. */
  readonly lowestFilterNumbers: Int32Array;
  readonly memberStart: Int32Array;
  readonly memberLayer: Int32Array;
  readonly memberNumber: Int32Array;
  /**
   * For each unit `u`, the indices of the lists in `source.dim_units` that contain it, stored in `dimIndices` from
   * index `dimStart[u]` to `dimStart[u + 1] - 1`. If a list contains the unit several times, the index of the list is
   * repeated.
   */
  readonly dimStart: Int32Array;
  readonly dimIndices: Int32Array;
  /** Length of each list in `source.dim_units` before a plan removes anything. */
  readonly dimLengths: Int32Array;
  /** Number of filters that each layer of the node has; 0 for the output layer, whose classes are not filters. */
  readonly filterCounts: Int32Array;
  /** For each layer, the number of its free filters, that is, of those that can be removed. */
  readonly freeFilters: Int32Array;
  readonly layerIndexByName: ReadonlyMap<string, number>;
  /**
   * Free (removable) units in the order that is used if there are no scores: by group, then lowest filter number, then
   * id.
   */
  readonly unscoredOrder: Int32Array;
  /** For each layer, a map from the original number of a filter to the position of its unit. */
  readonly unitByFilterNumber: readonly ReadonlyMap<number, number>[];
}

export function buildStructure(source: Layers): Structure {
  const unitById = new Map(source.units.map((unit, u) => [unit.id, u]));
  const members = source.units.map((unit) => unit.members);
  const [memberStart, flatMembers] = flattenLists(members);
  const [dimStart, dimIndices] = flattenLists(dimListsByUnit(source, unitById));
  const lowestFilterNumbers = Int32Array.from(members, (pairs) => Math.min(...pairs.map(([, number]) => number)));
  return {
    source,
    unitCount: source.units.length,
    unitById,
    freeUnitFlags: Uint8Array.from(source.units, (unit) => (unit.free ? 1 : 0)),
    group: Int32Array.from(source.units, (unit) => unit.group),
    lowestFilterNumbers,
    memberStart,
    memberLayer: Int32Array.from(flatMembers, ([layer]) => layer),
    memberNumber: Int32Array.from(flatMembers, ([, number]) => number),
    dimStart,
    dimIndices: Int32Array.from(dimIndices),
    dimLengths: Int32Array.from(source.dim_units, (list) => list.length),
    filterCounts: Int32Array.from(source.layers, (layer) => (layer.output ? 0 : layer.filters)),
    freeFilters: countFreeFiltersByLayer(source),
    layerIndexByName: new Map(source.layers.map((layer) => [layer.name, layer.index])),
    unscoredOrder: sortUnitsWithoutScores(source, lowestFilterNumbers),
    unitByFilterNumber: mapFiltersToUnits(source),
  };
}

/** Number of filters in a unit, over all its layers. */
export function countMembers(structure: Structure, u: number): number {
  return structure.memberStart[u + 1]! - structure.memberStart[u]!;
}

/** Returns a key that is equal for two units if removing either one always changes the cost by the same amount. */
export function unitCostKey(structure: Structure, u: number): string {
  const listIndices = structure.dimIndices.subarray(structure.dimStart[u], structure.dimStart[u + 1]);
  return `${countMembers(structure, u)}:${[...listIndices].sort((a, b) => a - b).join(",")}`;
}

/** Number of free filters, that is, of those that can be removed, over all layers. */
export function countFreeFilters({ freeFilters }: Structure): number {
  return freeFilters.reduce((total, count) => total + count, 0);
}

/**
 * Returns the original numbers of the filters in `units`: for each layer name, a list in ascending order. Layers that
 * have no such filters are omitted.
 */
export function filtersOfUnits(structure: Structure, units: Iterable<number>): FilterNumbers {
  const filterNumbersByLayer = new Map<number, number[]>();
  for (const u of units) {
    for (let m = structure.memberStart[u]!; m < structure.memberStart[u + 1]!; m++) {
      const layer = structure.memberLayer[m]!;
      const numbers = filterNumbersByLayer.get(layer);
      if (numbers) numbers.push(structure.memberNumber[m]!);
      else filterNumbersByLayer.set(layer, [structure.memberNumber[m]!]);
    }
  }
  const layers = [...filterNumbersByLayer].sort(([a], [b]) => a - b);
  return Object.fromEntries(
    layers.map(([layer, numbers]) => [structure.source.layers[layer]!.name, numbers.sort((a, b) => a - b)]),
  );
}

/**
 * Returns the positions of the units that contain any of the given filters. Filters that are unknown or that the node
 * no longer has are ignored.
 */
export function unitsOfFilters(structure: Structure, numbers: FilterNumbers): Set<number> {
  const units = new Set<number>();
  for (const [name, filters] of Object.entries(numbers)) {
    const unitByFilterNumber = structure.unitByFilterNumber[structure.layerIndexByName.get(name) ?? -1];
    for (const number of filters) {
      const u = unitByFilterNumber?.get(number);
      if (u !== undefined) units.add(u);
    }
  }
  return units;
}

function sortUnitsWithoutScores({ units }: Layers, lowestFilterNumbers: Int32Array): Int32Array {
  const freeUnits = units.flatMap((unit, u) => (unit.free ? [u] : []));
  const compare = (a: number, b: number): number =>
    units[a]!.group - units[b]!.group ||
    lowestFilterNumbers[a]! - lowestFilterNumbers[b]! ||
    units[a]!.id - units[b]!.id;
  return Int32Array.from(freeUnits.sort(compare));
}

function mapFiltersToUnits(source: Layers): Map<number, number>[] {
  const unitByFilterNumberPerLayer = source.layers.map(() => new Map<number, number>());
  source.units.forEach((unit, u) => {
    for (const [layer, number] of unit.members) unitByFilterNumberPerLayer[layer]!.set(number, u);
  });
  return unitByFilterNumberPerLayer;
}

function countFreeFiltersByLayer(source: Layers): Int32Array {
  const counts = new Int32Array(source.layers.length);
  for (const unit of source.units) {
    if (unit.free) for (const [layer] of unit.members) counts[layer]!++;
  }
  return counts;
}

function dimListsByUnit(source: Layers, unitById: ReadonlyMap<number, number>): number[][] {
  const dims: number[][] = source.units.map(() => []);
  source.dim_units.forEach((list, index) => {
    for (const id of list) {
      const u = unitById.get(id);
      if (u !== undefined) dims[u]!.push(index);
    }
  });
  return dims;
}

function flattenLists<T>(nestedLists: readonly (readonly T[])[]): [Int32Array, T[]] {
  const start = new Int32Array(nestedLists.length + 1);
  nestedLists.forEach((list, i) => (start[i + 1] = start[i]! + list.length));
  return [start, nestedLists.flatMap((list) => [...list])];
}
