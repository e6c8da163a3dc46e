/** Chooses positions for labels so that they overlap nothing. Draws nothing. */

export interface Rect {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type Anchor = "start" | "middle" | "end";

/** A text and a possible position for it. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor?: Anchor;
  /** Space that must be free to the left and right of the text, in pixels, so that two labels do not look like one. */
  readonly clear?: number;
}

/** Widths of wide, normal and narrow characters at the size of labels, in pixels. */
const WIDE_CHARACTER_PX = 9;
const USUAL_CHARACTER_PX = 6.1;
const NARROW_CHARACTER_PX = 3.1;
const ASCENT = 9;
const DESCENT = 3;

const widthOf = (text: string): number =>
  Array.from(text).reduce(
    (sum, character) =>
      sum +
      ("il.,: ·".includes(character)
        ? NARROW_CHARACTER_PX
        : "mw%★✎①②③④⑤".includes(character)
          ? WIDE_CHARACTER_PX
          : USUAL_CHARACTER_PX),
    0,
  );

export function labelRect({ x, y, text, anchor = "start" }: Spot): Rect {
  const width = widthOf(text);
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, right: left + width, top: y - ASCENT, bottom: y + DESCENT };
}

function paddedRect(spot: Spot): Rect {
  const rect = labelRect(spot);
  const clear = spot.clear ?? 0;
  return { ...rect, left: rect.left - clear, right: rect.right + clear };
}

const overlap = (a: Rect, b: Rect): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

export class LabelLayout {
  private readonly occupied: Rect[] = [];
  private readonly lines: readonly Rect[];

  /**
   * Creates an empty layout. Labels cross `lines` only if no other position is free, and never leave the drawing, which
   * is `width` pixels wide.
   */
  constructor(
    lines: readonly Rect[],
    private readonly width: number,
  ) {
    this.lines = lines;
  }

  occupy(...rects: readonly Rect[]): void {
    this.occupied.push(...rects);
  }

  isFree(rect: Rect, mayCross: boolean): boolean {
    if (rect.left < -1 || rect.right > this.width - 1) return false;
    return (
      !this.occupied.some((other) => overlap(other, rect)) &&
      (mayCross || !this.lines.some((line) => overlap(line, rect)))
    );
  }

  /**
   * Reserves and returns the first position that overlaps nothing, else the first that overlaps only lines. Returns
   * null if there is neither.
   */
  place<S extends Spot>(spots: readonly S[], mayCross = true): S | null {
    const freeSpot = spots.find((candidate) => this.isFree(paddedRect(candidate), false));
    const spot =
      freeSpot ?? (mayCross ? spots.find((candidate) => this.isFree(paddedRect(candidate), true)) : undefined);
    if (spot) this.occupy(paddedRect(spot));
    return spot ?? null;
  }
}
