/** Adds a heading to a saved drawing: title, experiment, node, units and legend. */
import { escapeXmlText, backgroundRect, type Drawing } from "./svgMarkup";

export interface Heading {
  readonly title: string;
  /** The experiment and the node: "Handwritten digits · node 4". */
  readonly subtitle: string;
  /** The units, and the meaning of symbols and colours; empty if the drawing itself shows them. */
  readonly caption: string;
}

const PADDING = 12;
const LINE_HEIGHT = 16;
/** Average width of a character at 11 px, in pixels. */
const LETTER_WIDTH = 5.8;
const MIN_WIDTH = 320;

export function addHeading({ svg, width, height }: Drawing, { title, subtitle, caption }: Heading): Drawing {
  const totalWidth = Math.max(width, MIN_WIDTH);
  const lines = [...wrapText(subtitle, totalWidth), ...wrapText(caption, totalWidth)];
  const headingHeight = PADDING + LINE_HEIGHT * (1 + lines.length);
  const style = getComputedStyle(document.documentElement);
  const readCssColour = (name: string): string => escapeXmlText(style.getPropertyValue(name).trim());
  const text = `font-family="${readCssColour("--font") || "sans-serif"}" font-size="11" fill="${readCssColour("--text-2")}"`;
  const texts = lines.map(
    (line, index) =>
      `<text x="${PADDING}" y="${PADDING + LINE_HEIGHT * (index + 1) + 8}">${escapeXmlText(line)}</text>`,
  );
  const size = `width="${totalWidth}" height="${headingHeight + height}" viewBox="0 0 ${totalWidth} ${headingHeight + height}"`;
  return {
    svg:
      `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${backgroundRect()}<g ${text}>` +
      `<text x="${PADDING}" y="${PADDING + 8}" font-size="12" font-weight="600" fill="${readCssColour("--text")}">${escapeXmlText(title)}</text>${texts.join("")}</g>` +
      `${svg.replace("<svg ", `<svg y="${headingHeight}" `)}</svg>`,
    width: totalWidth,
    height: headingHeight + height,
  };
}

/** Breaks the text into lines that fit into the width. */
function wrapText(text: string, width: number): string[] {
  const maxCharacters = Math.floor((width - 2 * PADDING) / LETTER_WIDTH);
  const lines: string[] = [];
  for (const word of text.split(" ").filter(Boolean)) {
    const lastLine = lines.at(-1);
    if (lastLine !== undefined && lastLine.length + 1 + word.length <= maxCharacters)
      lines[lines.length - 1] = `${lastLine} ${word}`;
    else lines.push(word);
  }
  return lines;
}
