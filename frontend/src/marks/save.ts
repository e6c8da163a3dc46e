/** Saves a chart as it stands: the drawing as SVG or PNG, its numbers as CSV. */
import { select } from "d3-selection";
import { withHeading, type Heading } from "./heading";
import type { Box } from "./part";
import type { Drawing } from "./svgText";
import { writeStack } from "./stack";
import { writeSvg } from "./svgText";

type Cell = string | number | null;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** `S` is what it is drawn from. */
export interface Savable<S> {
  readonly name: string;
  readonly selector: string;
  markup?(state: S, size: Size): Drawing | null;
  canvas?(state: S, size: Size): string;
  drawAll?(box: Box, state: S, width: number): void;
  readonly needs?: string;
  rows(state: S): readonly (readonly Cell[])[];
}

const PNG_SCALE = 2;

/** A browser's canvas can be no longer than this, pixels. */
const PNG_MOST = 16_384;

/** Gives why nothing was saved, or null: the chart is not on the page now, or there is nothing in it. */
export async function saveChart<S>(
  panel: HTMLElement,
  chart: Savable<S>,
  state: S,
  format: "svg" | "png" | "csv",
  heading: Heading,
): Promise<"absent" | "empty" | null> {
  const rows = chart.rows(state);
  if (chart.needs && rows.length <= 1) return "empty";
  if (format === "csv") download(new Blob([writeCsv(rows)], { type: "text/csv" }), `${chart.name}.csv`);
  else {
    const drawing = writeChart(panel, chart, state, heading);
    if (!drawing) return "absent";
    await saveDrawing(drawing, chart.name, format);
  }
  return null;
}

/** The chart with its heading; null: it is not on the page now. */
export function writeChart<S>(panel: HTMLElement, chart: Savable<S>, state: S, heading: Heading): Drawing | null {
  const drawing = takeChart(panel, chart, state);
  return drawing?.width && drawing.height ? withHeading(drawing, heading) : null;
}

/** An SVG of the page is taken as it is; what stands on a canvas is written anew. */
function takeChart<S>(panel: HTMLElement, chart: Savable<S>, state: S): Drawing | null {
  const shown = panel.querySelector<HTMLElement | SVGSVGElement>(chart.selector);
  if (!shown) return null;
  if (chart.drawAll && shown instanceof SVGSVGElement)
    return writeWhole(panel, chart, state, shown.width.baseVal.value);
  if (shown instanceof SVGSVGElement) return takeSvg(shown);
  const size = { width: shown.clientWidth, height: shown.clientHeight };
  return chart.markup ? chart.markup(state, size) : writeStack(shown, chart.canvas?.(state, size) ?? "");
}

const takeSvg = (svg: SVGSVGElement): Drawing => ({
  svg: writeSvg(svg),
  width: svg.width.baseVal.value,
  height: svg.height.baseVal.value,
});

/** Drawn once more in the panel, where its style sheets hold, but off the screen. */
function writeWhole<S>(panel: HTMLElement, chart: Savable<S>, state: S, width: number): Drawing | null {
  const box = panel.appendChild(
    Object.assign(document.createElement("div"), { className: "offpage", ariaHidden: "true" }),
  );
  chart.drawAll?.(select<HTMLElement, unknown>(box), state, width);
  const svg = box.querySelector("svg");
  const drawing = svg && takeSvg(svg);
  box.remove();
  return drawing;
}

async function saveDrawing(
  { svg: markup, width, height }: Drawing,
  name: string,
  format: "svg" | "png",
): Promise<void> {
  const svg = new Blob([markup], { type: "image/svg+xml" });
  download(format === "svg" ? svg : await paintPng(svg, width, height), `${name}.${format}`);
}

/** RFC 4180: quoted where needed, lines end with CRLF. */
export function writeCsv(rows: readonly (readonly Cell[])[]): string {
  const write = (cell: Cell): string => {
    const text = cell === null ? "" : String(cell);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(write).join(",")}\r\n`).join("");
}

async function paintPng(svg: Blob, width: number, height: number): Promise<Blob> {
  const canvas = document.createElement("canvas");
  const scale = Math.min(PNG_SCALE, PNG_MOST / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const image = new Image();
  image.src = URL.createObjectURL(svg);
  await image.decode();
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return readCanvas(canvas);
}

const readCanvas = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("empty canvas")))));

function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
