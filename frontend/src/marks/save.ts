/** Saves a chart as it stands: the drawing as SVG or PNG, its numbers as CSV. */
import type { State } from "../state/state";

type Cell = string | number | null;

export interface Savable {
  readonly name: string;
  readonly selector: string | null;
  markup?(state: State, size: { width: number; height: number }): Drawing | null;
  rows(state: State): readonly (readonly Cell[])[];
}

/** An SVG as text, complete in itself. */
export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** What CSS gives on screen and must stand in the file itself. */
const STYLES = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity",
  "font-family", "font-size", "font-weight", "font-style", "text-anchor", "display",
] as const;
const PNG_SCALE = 2;

export async function saveChart(
  panel: HTMLElement,
  chart: Savable,
  state: State,
  format: "svg" | "png" | "csv",
): Promise<void> {
  if (format === "csv") { download(new Blob([writeCsv(chart.rows(state))], { type: "text/csv" }), `${chart.name}.csv`); return; }
  const drawing = chart.selector === null ? null : panel.querySelector(chart.selector);
  const made = drawing && chart.markup?.(state, { width: drawing.clientWidth, height: drawing.clientHeight });
  if (made) { await saveDrawing(made, chart.name, format); return; }
  if (drawing instanceof HTMLCanvasElement) { download(await readCanvas(drawing), `${chart.name}.png`); return; }
  if (!(drawing instanceof SVGSVGElement)) return;
  const { width, height } = drawing;
  await saveDrawing({ svg: writeSvg(drawing), width: width.baseVal.value, height: height.baseVal.value }, chart.name, format);
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

/** The SVG with every style of the page written into it and the page's surface behind. */
export function writeSvg(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [originals, copies] = [[svg, ...svg.querySelectorAll("*")], [copy, ...copy.querySelectorAll("*")]];
  originals.forEach((original, index) => {
    const style = getComputedStyle(original);
    const written = STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");
    copies[index]!.setAttribute("style", written);
  });
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const surface = getComputedStyle(document.documentElement).getPropertyValue("--surface").trim();
  for (const [name, value] of [["width", "100%"], ["height", "100%"], ["fill", surface]]) ground.setAttribute(name!, value!);
  copy.prepend(ground);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return new XMLSerializer().serializeToString(copy);
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
