/** Saves a chart as it stands: the drawing as SVG or PNG, its numbers as CSV. */
import type { Drawing } from "./svgText";
import type { State } from "../state/state";
import { writeStack } from "./stack";
import { writeSvg } from "./svgText";

type Cell = string | number | null;

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Savable {
  readonly name: string;
  readonly selector: string;
  markup?(state: State, size: Size): Drawing | null;
  canvas?(state: State, size: Size): string;
  rows(state: State): readonly (readonly Cell[])[];
}

const PNG_SCALE = 2;

/** Gives false, and saves nothing, where the chart is not on the page now. */
export async function saveChart(
  panel: HTMLElement,
  chart: Savable,
  state: State,
  format: "svg" | "png" | "csv",
): Promise<boolean> {
  if (format === "csv") download(new Blob([writeCsv(chart.rows(state))], { type: "text/csv" }), `${chart.name}.csv`);
  else {
    const drawing = writeChart(panel, chart, state);
    if (!drawing) return false;
    await saveDrawing(drawing, chart.name, format);
  }
  return true;
}

/** An SVG of the page is taken as it is; what stands on a canvas is written anew. */
function writeChart(panel: HTMLElement, chart: Savable, state: State): Drawing | null {
  const shown = panel.querySelector<HTMLElement | SVGSVGElement>(chart.selector);
  if (!shown) return null;
  if (shown instanceof SVGSVGElement) return { svg: writeSvg(shown), width: shown.width.baseVal.value, height: shown.height.baseVal.value };
  const size = { width: shown.clientWidth, height: shown.clientHeight };
  return chart.markup ? chart.markup(state, size) : writeStack(shown, chart.canvas?.(state, size) ?? "");
}

async function saveDrawing({ svg: markup, width, height }: Drawing, name: string, format: "svg" | "png"): Promise<void> {
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
  canvas.width = width * PNG_SCALE;
  canvas.height = height * PNG_SCALE;
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
