/** Exact cost of what a plan leaves, from the units alone; twin of `planning/cost.py`. */
import type { Cost, NodeLayers } from "../api/values";
import { memberCount, type Structure } from "./structure";

type Tensor = NodeLayers["tensors"][number];

/** Bytes of an element and the rank in which safetensors lays tensors out, by dtype. */
const DTYPES: Record<string, { bytes: number; rank: number }> = {
  BOOL: { bytes: 1, rank: 0 },
  U8: { bytes: 1, rank: 1 },
  I8: { bytes: 1, rank: 2 },
  I16: { bytes: 2, rank: 5 },
  U16: { bytes: 2, rank: 6 },
  F16: { bytes: 2, rank: 7 },
  BF16: { bytes: 2, rank: 8 },
  I32: { bytes: 4, rank: 9 },
  U32: { bytes: 4, rank: 10 },
  F32: { bytes: 4, rank: 11 },
  F64: { bytes: 8, rank: 12 },
  I64: { bytes: 8, rank: 13 },
  U64: { bytes: 8, rank: 14 },
};

interface Piece {
  /** Product of the dimensions that are never cut, and the dimension lists that are. */
  readonly fixed: number;
  readonly lists: readonly number[];
  readonly parameter: boolean;
  readonly positions: number;
  readonly bytes: number;
  /** Characters of its header entry but for the digits that change. */
  readonly characters: number;
}

/** The tensors of a node, laid out once: what is left of them when units go. */
export class CostTable {
  /** The node as it stands. */
  readonly now: Cost;
  /** In the order in which the file holds them: widest dtype first, then by name. */
  readonly #pieces: readonly Piece[];

  constructor(readonly structure: Structure) {
    this.#pieces = [...structure.source.tensors].sort(byFileOrder).map(buildPiece);
    this.now = this.cost(new Uint8Array(structure.units));
  }

  /** What is left when the units marked with 1 go. */
  cost(removed: Uint8Array): Cost {
    const { units, dimLength, dimStart, dimList } = this.structure;
    const live = dimLength.slice();
    let filters = this.structure.filters.reduce((total, count) => total + count, 0);
    for (let u = 0; u < units; u++) {
      if (!removed[u]) continue;
      filters -= memberCount(this.structure, u);
      for (let d = dimStart[u]!; d < dimStart[u + 1]!; d++) live[dimList[d]!]!--;
    }
    return { filters, ...this.#measure(live) };
  }

  /** `live` holds the length of each dimension list after the cut. */
  #measure(live: Int32Array): Omit<Cost, "filters"> {
    let [parameters, macs, offset] = [0, 0, 0];
    let header = 2 + Math.max(0, this.#pieces.length - 1); // braces and the commas between entries
    for (const piece of this.#pieces) {
      let size = piece.fixed;
      header += piece.characters;
      for (const list of piece.lists) {
        size *= live[list]!;
        header += digits(live[list]!);
      }
      if (piece.parameter) parameters += size;
      macs += size * piece.positions;
      header += digits(offset);
      offset += size * piece.bytes;
      header += digits(offset);
    }
    return { parameters, macs, size_bytes: 8 + Math.ceil(header / 8) * 8 + offset };
  }
}

function buildPiece(tensor: Tensor): Piece {
  const lists: number[] = [];
  let fixed = 1;
  let characters = utf8Length(JSON.stringify(tensor.name)) + tensor.dtype.length;
  characters += `:{"dtype":"","shape":[],"data_offsets":[,]}`.length + Math.max(0, tensor.shape.length - 1);
  tensor.dims.forEach((list, d) => {
    if (list !== null) return lists.push(list);
    fixed *= tensor.shape[d]!;
    return (characters += digits(tensor.shape[d]!));
  });
  const { bytes } = dtypeOf(tensor);
  return { fixed, lists, parameter: tensor.parameter, positions: tensor.positions, bytes, characters };
}

function byFileOrder(a: Tensor, b: Tensor): number {
  return dtypeOf(b).rank - dtypeOf(a).rank || (a.name < b.name ? -1 : 1);
}

function dtypeOf(tensor: Tensor): { bytes: number; rank: number } {
  const found = DTYPES[tensor.dtype];
  if (!found) throw new Error(`Tensor ${tensor.name} has dtype ${tensor.dtype}, whose size is not known here.`);
  return found;
}

function digits(value: number): number {
  let count = 1;
  for (let limit = 10; value >= limit; limit *= 10) count++;
  return count;
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
