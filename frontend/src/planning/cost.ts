/**
 * Computes the exact cost of a pruned network from the removed units. Counterpart of the server's `planning/cost.py`.
 */
import type { Cost, NodeLayers } from "../api/values";
import { countMembers, type Structure, unitCostKey } from "./structure";

type Tensor = NodeLayers["tensors"][number];

/** Bytes per element of each dtype. In a safetensors file, tensors whose dtype has a higher `fileOrder` come first. */
const DTYPES: Record<string, { bytes: number; fileOrder: number }> = {
  BOOL: { bytes: 1, fileOrder: 0 },
  U8: { bytes: 1, fileOrder: 1 },
  I8: { bytes: 1, fileOrder: 2 },
  I16: { bytes: 2, fileOrder: 5 },
  U16: { bytes: 2, fileOrder: 6 },
  F16: { bytes: 2, fileOrder: 7 },
  BF16: { bytes: 2, fileOrder: 8 },
  I32: { bytes: 4, fileOrder: 9 },
  U32: { bytes: 4, fileOrder: 10 },
  F32: { bytes: 4, fileOrder: 11 },
  F64: { bytes: 8, fileOrder: 12 },
  I64: { bytes: 8, fileOrder: 13 },
  U64: { bytes: 8, fileOrder: 14 },
};

/** The properties of a tensor in the weights file on which the cost depends. */
interface TensorCost {
  /** Product of the lengths of the tensor dimensions that pruning never changes. */
  readonly fixedDimProduct: number;
  /**
   * For each tensor dimension that pruning can change, the index of its list in `dim_units`; the list is as long as the
   * dimension.
   */
  readonly dimListIndices: readonly number[];
  readonly isParameter: boolean;
  readonly positionCount: number;
  readonly bytes: number;
  /**
   * Length in bytes of the tensor's entry in the header of the weights file, not counting the digits of numbers that
   * pruning can change.
   */
  readonly headerLength: number;
}

/** The tensors of a node, prepared once so that the cost of any plan is computed quickly. */
export class CostTable {
  /** Cost of the node's network if nothing is removed. */
  readonly currentCost: Cost;
  /** The tensors in the order of a safetensors file: sorted by dtype, widest first, then by name. */
  readonly #tensors: readonly TensorCost[];
  /** Number of multiply-accumulates in the operations that have no traced weight. No plan changes this number. */
  readonly #constantMacs: number;

  constructor(readonly structure: Structure) {
    this.#tensors = [...structure.source.tensors].sort(compareFileOrder).map(buildTensorCost);
    this.#constantMacs = (structure.source.operations ?? []).reduce((total, { macs }) => total + macs, 0);
    this.currentCost = this.cost(new Uint8Array(structure.unitCount));
  }

  /** Returns the cost of the network without the units `u` for which `removed[u]` is 1. */
  cost(removed: Uint8Array): Cost {
    const { unitCount, dimLengths, dimStart, dimIndices } = this.structure;
    const lengths = dimLengths.slice();
    let filters = this.structure.filterCounts.reduce((total, count) => total + count, 0);
    for (let u = 0; u < unitCount; u++) {
      if (!removed[u]) continue;
      filters -= countMembers(this.structure, u);
      for (let d = dimStart[u]!; d < dimStart[u + 1]!; d++) lengths[dimIndices[d]!]!--;
    }
    return { filters, ...this.#measure(lengths) };
  }

  /** Returns, for each unit, the cost saved by removing only that unit. */
  savings(): readonly Cost[] {
    const savingByCostKey = new Map<string, Cost>();
    const removed = new Uint8Array(this.structure.unitCount);
    return Array.from(removed, (_, u) => {
      const kind = unitCostKey(this.structure, u);
      let saving = savingByCostKey.get(kind);
      if (!saving) {
        removed[u] = 1;
        saving = subtractCosts(this.currentCost, this.cost(removed));
        removed[u] = 0;
        savingByCostKey.set(kind, saving);
      }
      return saving;
    });
  }

  /**
   * Computes the parameters, MACs and file size. `lengths` holds the length of each list in `dim_units` after pruning.
   */
  #measure(lengths: Int32Array): Omit<Cost, "filters"> {
    let [parameters, macs, offset] = [0, this.#constantMacs, 0];
    let header = 2 + Math.max(0, this.#tensors.length - 1); // braces and the commas between entries
    for (const tensor of this.#tensors) {
      let size = tensor.fixedDimProduct;
      header += tensor.headerLength;
      for (const list of tensor.dimListIndices) {
        size *= lengths[list]!;
        header += countDigits(lengths[list]!);
      }
      if (tensor.isParameter) parameters += size;
      macs += size * tensor.positionCount;
      header += countDigits(offset);
      offset += size * tensor.bytes;
      header += countDigits(offset);
    }
    return { parameters, macs, size_bytes: 8 + Math.ceil(header / 8) * 8 + offset };
  }
}

const subtractCosts = (before: Cost, after: Cost): Cost => ({
  filters: before.filters - after.filters,
  parameters: before.parameters - after.parameters,
  macs: before.macs - after.macs,
  size_bytes: before.size_bytes - after.size_bytes,
});

function buildTensorCost(tensor: Tensor): TensorCost {
  const dimListIndices: number[] = [];
  let fixedDimProduct = 1;
  let headerLength = utf8Length(JSON.stringify(tensor.name)) + tensor.dtype.length;
  headerLength += `:{"dtype":"","shape":[],"data_offsets":[,]}`.length + Math.max(0, tensor.shape.length - 1);
  tensor.dims.forEach((list, d) => {
    if (list !== null) return dimListIndices.push(list);
    fixedDimProduct *= tensor.shape[d]!;
    return (headerLength += countDigits(tensor.shape[d]!));
  });
  const { bytes } = getDtypeInfo(tensor);
  return {
    fixedDimProduct,
    dimListIndices,
    isParameter: tensor.parameter,
    positionCount: tensor.positions,
    bytes,
    headerLength,
  };
}

function compareFileOrder(a: Tensor, b: Tensor): number {
  return getDtypeInfo(b).fileOrder - getDtypeInfo(a).fileOrder || (a.name < b.name ? -1 : 1);
}

function getDtypeInfo(tensor: Tensor): { bytes: number; fileOrder: number } {
  const dtype = DTYPES[tensor.dtype];
  if (!dtype) throw new Error(`Tensor ${tensor.name} has an unknown dtype: ${tensor.dtype}.`);
  return dtype;
}

function countDigits(value: number): number {
  let count = 1;
  for (let limit = 10; value >= limit; limit *= 10) count++;
  return count;
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
