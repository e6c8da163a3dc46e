/** What of a drawing is taken, so that words find a place where they lie on nothing. Numbers only. */

export interface Rect {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type Anchor = "start" | "middle" | "end";

/** A text and where it may stand. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor?: Anchor;
  /** Pixels that stay free at its left and right, so that it does not read as a part of the next word. */
  readonly clear?: number;
}

/** Pixels of a character in the size of labels. */
const WIDE = 9;
const USUAL = 6.1;
const NARROW = 3.1;
const ASCENT = 9;
const DESCENT = 3;

const widthOf = (text: string): number =>
  Array.from(text).reduce(
    (sum, sign) => sum + ("il.,: ·".includes(sign) ? NARROW : "mw%★✎①②③④⑤".includes(sign) ? WIDE : USUAL),
    0,
  );

export function toRect({ x, y, text, anchor = "start" }: Spot): Rect {
  const width = widthOf(text);
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, right: left + width, top: y - ASCENT, bottom: y + DESCENT };
}

function toRoom(spot: Spot): Rect {
  const rect = toRect(spot);
  const clear = spot.clear ?? 0;
  return { ...rect, left: rect.left - clear, right: rect.right + clear };
}

const overlap = (a: Rect, b: Rect): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

export class Board {
  private readonly solid: Rect[] = [];
  private readonly lines: readonly Rect[];

  /** `lines` may be crossed by words where nothing else is free; `width` of the drawing: no word leaves it. */
  constructor(
    lines: readonly Rect[],
    private readonly width: number,
  ) {
    this.lines = lines;
  }

  take(...rects: readonly Rect[]): void {
    this.solid.push(...rects);
  }

  isFree(rect: Rect, crossing: boolean): boolean {
    if (rect.left < -1 || rect.right > this.width - 1) return false;
    return !this.solid.some((one) => overlap(one, rect)) && (crossing || !this.lines.some((one) => overlap(one, rect)));
  }

  /** The first of `spots` that lies on nothing, else the first that only lines cross; it is taken then. */
  settle<S extends Spot>(spots: readonly S[], mayCross = true): S | null {
    const free = spots.find((spot) => this.isFree(toRoom(spot), false));
    const found = free ?? (mayCross ? spots.find((spot) => this.isFree(toRoom(spot), true)) : undefined);
    if (found) this.take(toRoom(found));
    return found ?? null;
  }
}
