/** Places circles of one row so that they overlap little: largest first, as near to the middle as there is room. */

const TRIES = 34;
const BIN = 8;

/** Vertical offsets from the middle of the row, pixels, within ± (half − radius). */
export function dodge(x: ArrayLike<number>, radius: ArrayLike<number>, half: number): Float32Array {
  const offset = new Float32Array(x.length);
  const bins = new Map<number, number[]>();
  for (const i of largestFirst(radius)) {
    const bin = Math.floor(x[i]! / BIN);
    const near = neighbours(bins, bin);
    offset[i] = freeOffset(i, near, { x, radius, offset }, Math.max(0, half - radius[i]!));
    const own = bins.get(bin);
    if (own) own.push(i);
    else bins.set(bin, [i]);
  }
  return offset;
}

interface Placed {
  readonly x: ArrayLike<number>;
  readonly radius: ArrayLike<number>;
  readonly offset: Float32Array;
}

function largestFirst(radius: ArrayLike<number>): number[] {
  return Array.from(radius, (_, i) => i).sort((a, b) => radius[b]! - radius[a]! || a - b);
}

function neighbours(bins: ReadonlyMap<number, number[]>, bin: number): number[] {
  const near: number[] = [];
  for (let b = bin - 2; b <= bin + 2; b++) near.push(...(bins.get(b) ?? []));
  return near;
}

/** The first offset without overlap, else the one with the least. */
function freeOffset(i: number, near: readonly number[], placed: Placed, room: number): number {
  let best = 0;
  let least = Infinity;
  for (let t = 0; t < TRIES; t++) {
    const at = ((t & 1 ? 1 : -1) * Math.ceil(t / 2) * room) / (TRIES / 2);
    const overlap = overlapAt(i, at, near, placed, least);
    if (overlap < least - 1e-6) [best, least] = [at, overlap];
    if (least === 0) break;
  }
  return best;
}

function overlapAt(i: number, at: number, near: readonly number[], placed: Placed, limit: number): number {
  let overlap = 0;
  for (const j of near) {
    const need = placed.radius[i]! + placed.radius[j]! + 0.3;
    const dx = placed.x[j]! - placed.x[i]!;
    if (dx > need || dx < -need) continue;
    const dy = placed.offset[j]! - at;
    const far = dx * dx + dy * dy;
    if (far < need * need) overlap += need - Math.sqrt(far);
    if (overlap > limit) return overlap;
  }
  return overlap;
}
