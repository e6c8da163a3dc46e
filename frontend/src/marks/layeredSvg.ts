/** Writes a chart that consists of several stacked drawings as one SVG. */
import type { Drawing } from "./svgMarkup";
import { escapeXmlText, backgroundRect, copyWithStyles } from "./svgMarkup";

type Layer = SVGSVGElement | HTMLCanvasElement;

/**
 * Writes a chart that consists of stacked drawings as one SVG. `canvas` is the content of the chart's canvas as SVG
 * markup, in canvas pixels.
 */
export function writeLayeredSvg(box: HTMLElement, canvas: string): Drawing {
  const frame = box.getBoundingClientRect();
  const layers = [...box.querySelectorAll<Layer>("svg, canvas")].filter(isVisible);
  const parts = [...layers.map((layer) => renderLayer(layer, frame, canvas)), ...renderTexts(box, frame)];
  const { width, height } = frame;
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${backgroundRect()}${parts.join("")}</svg>`,
    width,
    height,
  };
}

/**
 * Whether an element belongs in the saved chart: it is visible, not an icon on a button, and not inside another SVG.
 */
function isVisible(layer: Layer): boolean {
  const { width, height } = layer.getBoundingClientRect();
  return width > 0 && height > 0 && layer.closest("button") === null && layer.parentElement?.closest("svg") === null;
}

/** Returns the SVG markup of a drawing layer, moved to its place in the chart and clipped to its scroll window. */
function renderLayer(layer: Layer, frame: DOMRect, canvas: string): string {
  const bounds = layer.getBoundingClientRect();
  const scrollBounds = layer.closest(".window")?.getBoundingClientRect() ?? bounds;
  const [x, y] = [scrollBounds.left - frame.left, scrollBounds.top - frame.top];
  const innerMarkup = layer instanceof HTMLCanvasElement ? canvas : copyWithStyles(layer).innerHTML;
  const view = `${scrollBounds.left - bounds.left} ${scrollBounds.top - bounds.top} ${scrollBounds.width} ${scrollBounds.height}`;
  return `<svg x="${x}" y="${y}" width="${scrollBounds.width}" height="${scrollBounds.height}" viewBox="${view}">${innerMarkup}</svg>`;
}

/** Returns the text outside the drawings as SVG, at the same positions as on the page. */
function renderTexts(box: HTMLElement, frame: DOMRect): string[] {
  const textWalker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  const texts: string[] = [];
  while (textWalker.nextNode()) {
    const node = textWalker.currentNode as Text;
    if (node.data.trim() && !node.parentElement?.closest("svg, select, option")) texts.push(...renderText(node, frame));
  }
  return texts;
}

function renderText(node: Text, frame: DOMRect): string[] {
  const range = document.createRange();
  range.selectNodeContents(node);
  const [line] = range.getClientRects();
  if (!line) return [];
  const { color, fontFamily, fontSize, fontWeight } = getComputedStyle(node.parentElement!);
  const font = `font-family="${escapeXmlText(fontFamily)}" font-size="${fontSize}" font-weight="${fontWeight}"`;
  const position = `x="${line.left - frame.left}" y="${line.top - frame.top + line.height / 2}" dominant-baseline="central"`;
  return [`<text ${position} ${font} fill="${color}">${escapeXmlText(node.data.trim())}</text>`];
}
