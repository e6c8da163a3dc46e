/** Number formats: English notation, with one format for each unit. */

const integerFormat = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const MINUS_SIGN = "−";
const MISSING_TEXT = "–";

type MaybeNumber = number | null | undefined;

const isMissing = (value: MaybeNumber): value is null | undefined => value === null || value === undefined;

/** Formats a count: "14,728,266". */
export const formatCount = (value: MaybeNumber): string =>
  isMissing(value) ? MISSING_TEXT : integerFormat.format(value).replace("-", MINUS_SIGN);

/** Formats a share as a percentage without the sign: "93.4" for 0.934. */
export const formatShare = (share: MaybeNumber, digits = 1): string =>
  isMissing(share) ? MISSING_TEXT : (share * 100).toFixed(digits).replace("-", MINUS_SIGN);

export const formatPercent = (share: MaybeNumber, digits = 1): string =>
  isMissing(share) ? MISSING_TEXT : `${formatShare(share, digits)}%`;

/** Formats a relative change: "−30.0%", "+0.4%"; zero has no sign. */
export function formatRelativeChange(share: number, digits = 1): string {
  const text = Math.abs(share * 100).toFixed(digits);
  const sign = Number(text) === 0 ? "" : share < 0 ? MINUS_SIGN : "+";
  return `${sign}${text}%`;
}

/**
 * Formats a count in short form: "111 M", "1.69 M", "38.3 k", "640"; with at most three significant digits if the count
 * is 10,000 or more.
 */
export function formatCompactCount(value: MaybeNumber): string {
  if (isMissing(value)) return MISSING_TEXT;
  if (value >= 999.5e6) return `${formatThreeSignificantDigits(value / 1e9)} G`;
  if (value >= 999.5e3) return `${formatThreeSignificantDigits(value / 1e6)} M`;
  return value >= 1e4 ? `${formatThreeSignificantDigits(value / 1e3)} k` : formatCount(value);
}

/** Formats a size: "6.77 MB", "188 kB", "640 B"; decimal units, as in file managers. */
export function formatBytes(bytes: MaybeNumber): string {
  if (isMissing(bytes)) return MISSING_TEXT;
  if (bytes >= 999.5e6) return `${formatThreeSignificantDigits(bytes / 1e9)} GB`;
  if (bytes >= 999.5e3) return `${formatThreeSignificantDigits(bytes / 1e6)} MB`;
  return bytes >= 1e3 ? `${formatThreeSignificantDigits(bytes / 1e3)} kB` : `${bytes} B`;
}

/** Formats milliseconds without the unit, for columns whose heading names the unit. */
export const formatMsWithoutUnit = (ms: MaybeNumber): string =>
  isMissing(ms) ? MISSING_TEXT : formatThreeSignificantDigits(ms);

export const formatMs = (ms: MaybeNumber): string =>
  isMissing(ms) ? MISSING_TEXT : `${formatThreeSignificantDigits(ms)} ms`;

/** Formats a ratio: "0.71×", "12.3×", "0.034×"; "1×" if it is exactly 1. */
export function formatRatio(ratio: MaybeNumber): string {
  if (isMissing(ratio)) return MISSING_TEXT;
  if (ratio === 1) return "1×";
  return `${ratio < 0.0995 ? ratio.toFixed(3) : formatThreeSignificantDigits(ratio)}×`;
}

/** Formats seconds as a clock: "1:52", "0:08", "1:02:30". */
export function formatClock(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor(total / 60) % 60];
  const pad = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(total % 60)}` : `${minutes}:${pad(total % 60)}`;
}

/** Formats seconds as a rounded duration: "8 s", "2 min", "1.5 h". */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Formats the factor by which a network has shrunk: "8.7×" if `compression`, the share that was removed, is 0.885. */
export function formatReduction(compression: MaybeNumber): string {
  if (isMissing(compression)) return MISSING_TEXT;
  const times = 1 / Math.max(1e-6, 1 - compression);
  if (times > 999) return ">999×";
  return `${times >= 10 ? integerFormat.format(times) : times.toFixed(1).replace(/\.0$/, "")}×`;
}

/** Formats a part of a total: "9 of 37". */
export const formatCountOfTotal = (count: number, total: number): string =>
  `${formatCount(count)} of ${formatCount(total)}`;

/** Formats a count with its noun: "1 epoch", "2 epochs". */
export const formatPlural = (count: number, singular: string, plural = `${singular}s`): string =>
  `${formatCount(count)} ${count === 1 ? singular : plural}`;

/** Approximate width of a character in the page's small type, in pixels. */
const CHARACTER_WIDTH = 6;
export const textWidth = (text: string): number => text.length * CHARACTER_WIDTH;

/**
 * Returns the first wording that fits the width in pixels, or else the last. List wordings from long to short; shorter
 * ones may omit words but never numbers.
 */
export const fitText = (wordings: readonly string[], width: number): string =>
  wordings.find((text) => textWidth(text) <= width) ?? wordings.at(-1) ?? "";

/** Returns the text, cut off with "…" if it does not fit the width in pixels. The full text should be in a tooltip. */
export const shortenText = (text: string, width: number): string =>
  textWidth(text) <= width ? text : `${text.slice(0, Math.max(0, Math.floor(width / CHARACTER_WIDTH) - 1)).trimEnd()}…`;

/** Formats a loss or score with three significant digits. */
export const formatValue = (value: MaybeNumber): string =>
  isMissing(value) ? MISSING_TEXT : Number(value.toPrecision(3)).toString();

const formatThreeSignificantDigits = (value: number): string =>
  value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);
