/**
 * Chooses positions for the labels of a drawing so that they overlap neither each other nor other marks. Draws nothing.
 */

export interface Rect {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type Anchor = "start" | "middle" | "end";

/** The text of a label, and one possible position for it. */
export interface LabelSpot {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor?: Anchor;
  /** Space to keep empty to the left and right of the text, in pixels, so that two labels do not read as one. */
  readonly clear?: number;
}

/** Widths of wide, normal and narrow characters in the font size of labels, in pixels. */
const WIDE_CHARACTER_PX = 9;
const NORMAL_CHARACTER_PX = 6.1;
const NARROW_CHARACTER_PX = 3.1;
const ASCENT = 9;
const DESCENT = 3;

const estimateTextWidth = (text: string): number =>
  Array.from(text).reduce(
    (sum, character) =>
      sum +
      ("il.,: ·".includes(character)
        ? NARROW_CHARACTER_PX
        : "mw%★✎①②③④⑤".includes(character)
          ? WIDE_CHARACTER_PX
          : NORMAL_CHARACTER_PX),
    0,
  );

export function labelRect({ x, y, text, anchor = "start" }: LabelSpot): Rect {
  const width = estimateTextWidth(text);
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, right: left + width, top: y - ASCENT, bottom: y + DESCENT };
}

function paddedRect(spot: LabelSpot): Rect {
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
   * Creates a layout without labels. A label may cross `lines` only if all other positions are occupied, and never
   * extends beyond `width`, the width of the drawing in pixels.
   */
  constructor(
    lines: readonly Rect[],
    private readonly width: number,
  ) {
    this.lines = lines;
  }

  occupyRects(...rects: readonly Rect[]): void {
    this.occupied.push(...rects);
  }

  isRectFree(rect: Rect, mayCrossLines: boolean): boolean {
    if (rect.left < -1 || rect.right > this.width - 1) return false;
    return (
      !this.occupied.some((other) => overlap(other, rect)) &&
      (mayCrossLines || !this.lines.some((line) => overlap(line, rect)))
    );
  }

  /**
   * Reserves and returns the first position at which the label overlaps nothing or, failing that, only lines. Null if
   * there is no such position.
   */
  placeLabel<S extends LabelSpot>(spots: readonly S[], mayCrossLines = true): S | null {
    const freeSpot = spots.find((candidate) => this.isRectFree(paddedRect(candidate), false));
    const spot =
      freeSpot ?? (mayCrossLines ? spots.find((candidate) => this.isRectFree(paddedRect(candidate), true)) : undefined);
    if (spot) this.occupyRects(paddedRect(spot));
    return spot ?? null;
  }
}
