/** Taking units one by one, lowest rank first, so that every layer keeps a filter; twin of `engine/walk.py`. */
import { memberCount, type Structure } from "./structure";

export class Walk {
  /** Filters that each layer has left. */
  readonly left: Int32Array;
  readonly taken: number[] = [];
  removed = 0;
  /** Filters that the rule must leave to each layer. */
  readonly #least: Int32Array;

  /** `byHand` are gone before the walk begins, and are not put back by rounding; the limit binds the rest. */
  constructor(
    readonly structure: Structure,
    readonly byHand: readonly number[],
    readonly maxLayerShare = 1,
  ) {
    this.left = structure.filters.slice();
    // The tiny term keeps 0.3 · 10 at 3 where binary fractions would make it 2.
    this.#least = structure.filters.map((n) => Math.max(1, n - Math.floor(maxLayerShare * n + 1e-9)));
    for (const u of byHand) this.#remove(u, 1);
  }

  /** Removes the unit unless a layer would be empty or lose more than it may; whether it went. */
  take(u: number): boolean {
    if (this.#wouldBreak(u)) return false;
    this.#remove(u, 1);
    this.taken.push(u);
    return true;
  }

  units(): number[] {
    return [...this.byHand, ...this.taken];
  }

  /** How many filters of a layer the unit would take. */
  countIn(u: number, layer: number): number {
    const { memberStart, memberLayer } = this.structure;
    let count = 0;
    for (let m = memberStart[u]!; m < memberStart[u + 1]!; m++) if (memberLayer[m] === layer) count++;
    return count;
  }

  /** Puts back the best of what was taken until widths are multiples, or all of a layer's taken units are back. */
  roundWidths(multiple: number): void {
    if (multiple <= 1) return;
    for (let changed = true; changed;) {
      changed = false; // what one layer gets back, a coupled layer gets too
      for (let layer = 0; layer < this.left.length; layer++) changed = this.#round(layer, multiple) || changed;
    }
  }

  #round(layer: number, multiple: number): boolean {
    if (this.left[layer]! % multiple === 0) return false;
    const mine = this.taken.filter((u) => this.countIn(u, layer) > 0);
    const back = new Set<number>();
    while (mine.length && this.left[layer]! % multiple) {
      const u = mine.pop()!;
      this.#remove(u, -1);
      back.add(u);
    }
    if (!back.size) return false;
    const kept = this.taken.filter((u) => !back.has(u));
    this.taken.splice(0, Infinity, ...kept);
    return true;
  }

  #wouldBreak(u: number): boolean {
    const { memberStart, memberLayer } = this.structure;
    const [from, to] = [memberStart[u]!, memberStart[u + 1]!];
    if (to - from === 1) return this.left[memberLayer[from]!]! <= this.#least[memberLayer[from]!]!;
    for (let m = from; m < to; m++) {
      const layer = memberLayer[m]!;
      if (this.left[layer]! - this.countIn(u, layer) < this.#least[layer]!) return true;
    }
    return false;
  }

  #remove(u: number, times: 1 | -1): void {
    const { memberStart, memberLayer } = this.structure;
    this.removed += times * memberCount(this.structure, u);
    for (let m = memberStart[u]!; m < memberStart[u + 1]!; m++) this.left[memberLayer[m]!]! -= times;
  }
}
