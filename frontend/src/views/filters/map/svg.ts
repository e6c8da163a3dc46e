/** Writes the map of samples as an SVG file with the same positions, colours and symbols as on the canvas. */
import type { Drawing } from "../../../marks/svgMarkup";
import { escapeXmlText } from "../../../marks/svgMarkup";
import type { SampleChange } from "../../../state/choice";
import type { State } from "../../../state/state";
import type { Size } from "../../panel";
import type { ClassColors } from "./hues";
import { mapData, type MapData } from "./data";
import { LABEL_HEIGHT } from "./labels";
import { HOLLOW_SQUARE_SIZES, MARK_HOLE_SIZE, markCentreOffset } from "./sprites";

const POINT_RADIUS = 2;
const MARK_PATHS: Record<SampleChange, string> = {
  degraded: "M-4.6,-3.2h9.2L0,4.6z",
  improved: "M-4.6,3.2h9.2L0,-4.6z",
  wrong: "M-2.8,-2.8L2.8,2.8M2.8,-2.8L-2.8,2.8",
};

export function mapToSvg(state: State, size: Size): Drawing | null {
  const data = mapData(state, size);
  if (!data) return null;
  const { width, height, colors } = data;
  const points = Array.from(data.label.keys()).filter((i) => isInside(data, i));
  const isMarkDrawn = (i: number): boolean => data.mark[i] !== null && (!data.pickedFlags || data.pickedFlags[i] === 1);
  const parts = [
    `<rect width="100%" height="100%" fill="${colors.surface}"/>`,
    ...points.filter((i) => !isMarkDrawn(i)).map((i) => pointMarkup(data, i)),
    ...points.filter(isMarkDrawn).map((i) => markGlyphMarkup(data, i)),
    ...data.labels.map(
      ({ label, text, x, y }) =>
        pointGlyphMarkup(colors.of(label), [x + 6, y + LABEL_HEIGHT / 2], 4, 1) +
        classLabelMarkup(data, text, x + 13, y + 12),
    ),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join("")}</svg>`;
  return { svg, width, height };
}

function isInside({ placedPoints, width, height }: MapData, i: number): boolean {
  const [x, y] = [placedPoints.px[i]!, placedPoints.py[i]!];
  return x >= 0 && y >= 0 && x <= width && y <= height;
}

function pointMarkup({ placedPoints, label, pickedFlags, colors }: MapData, i: number): string {
  return pointGlyphMarkup(
    colors.of(label[i]!),
    [placedPoints.px[i]!, placedPoints.py[i]!],
    POINT_RADIUS,
    pickedFlags && pickedFlags[i] !== 1 ? 0.16 : 0.6,
  );
}

function pointGlyphMarkup(
  { fill, outline, hole }: ClassColors,
  [x, y]: readonly [number, number],
  radius: number,
  opacity: number,
): string {
  const style = `fill="${fill}" stroke="${outline}" stroke-width="0.5" opacity="${opacity}"`;
  if (hole !== null) return `<path d="${hollowSquarePath([x, y], radius)}" fill-rule="evenodd" ${style}/>`;
  return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius}" ${style}/>`;
}

const hollowSquarePath = (centre: readonly [number, number], radius: number): string =>
  [HOLLOW_SQUARE_SIZES.outer, HOLLOW_SQUARE_SIZES.hole].map((side) => squarePath(centre, side * radius)).join("");

const squarePath = ([x, y]: readonly [number, number], side: number): string =>
  `M${(x - side / 2).toFixed(1)},${(y - side / 2).toFixed(1)}h${side.toFixed(1)}v${side.toFixed(1)}h${(-side).toFixed(1)}z`;

function markGlyphMarkup({ placedPoints, label, mark, colors }: MapData, i: number): string {
  const change = mark[i]!;
  const { fill, hole: hollowMarkColor } = colors.of(label[i]!);
  const centre = [placedPoints.px[i]!, placedPoints.py[i]! + markCentreOffset(change)] as const;
  const hole =
    hollowMarkColor === null ? "" : `<path d="${squarePath(centre, MARK_HOLE_SIZE)}" fill="${hollowMarkColor}"/>`;
  const path = `d="${MARK_PATHS[change]}" transform="translate(${placedPoints.px[i]!.toFixed(1)},${placedPoints.py[i]!.toFixed(1)})"`;
  if (change === "wrong")
    return `<path ${path} stroke="${colors.text}" stroke-width="3"/><path ${path} stroke="${fill}" stroke-width="1.6"/>${hole}`;
  return `<path ${path} fill="${fill}" stroke="${colors.text}"/>${hole}`;
}

const classLabelMarkup = ({ colors }: MapData, text: string, x: number, y: number): string =>
  `<text x="${x}" y="${y}" font-family="${escapeXmlText(colors.font)}" font-size="11" fill="${colors.text}" stroke="${colors.surface}" stroke-width="3" paint-order="stroke">${escapeXmlText(text)}</text>`;
