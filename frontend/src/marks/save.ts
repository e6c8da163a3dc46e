/** Saves a chart: the drawing as SVG or PNG, its numbers as CSV. */
import { select } from "d3-selection";
import { addHeading, type Heading } from "./heading";
import type { Box } from "./elements";
import type { Drawing } from "./svgMarkup";
import { writeLayeredSvg } from "./layeredSvg";
import { writeSvg } from "./svgMarkup";

type Cell = string | number | null;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A chart that can be saved; `S` is the type of the state from which it is drawn. */
export interface SavableChart<S> {
  readonly name: string;
  readonly selector: string;
  drawAsSvg?(state: S, size: Size): Drawing | null;
  canvasToSvg?(state: S, size: Size): string;
  drawFullContent?(box: Box, state: S, width: number): void;
  readonly emptyHint?: string;
  rows(state: S): readonly (readonly Cell[])[];
}

const PNG_SCALE = 2;

/** Largest width or height of a canvas that browsers support, in pixels. */
const MAX_PNG_SIDE = 16_384;

/**
 * Saves the chart. Returns null, or why nothing was saved: "absent" if the chart is not on the page, "empty" if it
 * shows nothing.
 */
export async function saveChart<S>(
  panel: HTMLElement,
  chart: SavableChart<S>,
  state: S,
  format: "svg" | "png" | "csv",
  heading: Heading,
): Promise<"absent" | "empty" | null> {
  const rows = chart.rows(state);
  if (chart.emptyHint && rows.length <= 1) return "empty";
  if (format === "csv") download(new Blob([writeCsv(rows)], { type: "text/csv" }), `${chart.name}.csv`);
  else {
    const drawing = renderChart(panel, chart, state, heading);
    if (!drawing) return "absent";
    await saveDrawing(drawing, chart.name, format);
  }
  return null;
}

/** Returns the chart with its heading, or null if the chart is not on the page. */
export function renderChart<S>(panel: HTMLElement, chart: SavableChart<S>, state: S, heading: Heading): Drawing | null {
  const drawing = readChart(panel, chart, state);
  return drawing?.width && drawing.height ? addHeading(drawing, heading) : null;
}

/**
 * Returns the drawing as SVG: a copy if it is an SVG on the page, else an SVG drawn with the same content. Null if the
 * chart is not on the page.
 */
function readChart<S>(panel: HTMLElement, chart: SavableChart<S>, state: S): Drawing | null {
  const chartElement = panel.querySelector<HTMLElement | SVGSVGElement>(chart.selector);
  if (!chartElement) return null;
  if (chart.drawFullContent && chartElement instanceof SVGSVGElement)
    return renderFullContent(panel, chart, state, chartElement.width.baseVal.value);
  if (chartElement instanceof SVGSVGElement) return readSvg(chartElement);
  const size = { width: chartElement.clientWidth, height: chartElement.clientHeight };
  return chart.drawAsSvg
    ? chart.drawAsSvg(state, size)
    : writeLayeredSvg(chartElement, chart.canvasToSvg?.(state, size) ?? "");
}

const readSvg = (svg: SVGSVGElement): Drawing => ({
  svg: writeSvg(svg),
  width: svg.width.baseVal.value,
  height: svg.height.baseVal.value,
});

/** Draws the whole chart again, off the screen but inside the panel, so that the panel's styles apply. */
function renderFullContent<S>(panel: HTMLElement, chart: SavableChart<S>, state: S, width: number): Drawing | null {
  const box = panel.appendChild(
    Object.assign(document.createElement("div"), { className: "offpage", ariaHidden: "true" }),
  );
  chart.drawFullContent?.(select<HTMLElement, unknown>(box), state, width);
  const svg = box.querySelector("svg");
  const drawing = svg && readSvg(svg);
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

/** Writes CSV as specified in RFC 4180: cells are quoted if necessary, and lines end with CRLF. */
export function writeCsv(rows: readonly (readonly Cell[])[]): string {
  const quoteCsvCell = (cell: Cell): string => {
    const text = cell === null ? "" : String(cell);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(quoteCsvCell).join(",")}\r\n`).join("");
}

async function paintPng(svg: Blob, width: number, height: number): Promise<Blob> {
  const canvas = document.createElement("canvas");
  const scale = Math.min(PNG_SCALE, MAX_PNG_SIDE / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const image = new Image();
  image.src = URL.createObjectURL(svg);
  await image.decode();
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return encodeCanvas(canvas);
}

const encodeCanvas = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The canvas could not be saved as an image.")))),
  );

function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
