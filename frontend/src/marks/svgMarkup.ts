/** Copies SVGs of the page as markup that needs no style sheet. */

/** An SVG that needs no style sheet: its markup, and its size in pixels. */
export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** CSS properties that a saved SVG needs because it has no style sheet. */
const SAVED_CSS_PROPERTIES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "paint-order",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "font-style",
  "text-anchor",
  "display",
] as const;

/** Returns a copy of the SVG in which every element has its computed styles as attributes. */
export function copyWithStyles(svg: SVGSVGElement): SVGSVGElement {
  const svgCopy = svg.cloneNode(true) as SVGSVGElement;
  const [originals, copies] = [
    [svg, ...svg.querySelectorAll("*")],
    [svgCopy, ...svgCopy.querySelectorAll("*")],
  ];
  originals.forEach((original, index) => {
    const style = getComputedStyle(original);
    const styleDeclarations = SAVED_CSS_PROPERTIES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");
    copies[index]!.setAttribute("style", styleDeclarations);
  });
  return svgCopy;
}

/** Returns the markup of a rectangle in the page's background colour that covers the whole drawing. */
export function backgroundRect(): string {
  const surfaceColour = getComputedStyle(document.documentElement).getPropertyValue("--surface").trim();
  return `<rect xmlns="http://www.w3.org/2000/svg" width="100%" height="100%" fill="${surfaceColour}"/>`;
}

export function writeSvg(svg: SVGSVGElement): string {
  const copy = copyWithStyles(svg);
  copy.insertAdjacentHTML("afterbegin", backgroundRect());
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return new XMLSerializer().serializeToString(copy);
}

export const escapeXmlText = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character]!);
