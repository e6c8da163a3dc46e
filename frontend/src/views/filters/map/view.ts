/**
 * Draws the map of samples. The wheel zooms, drags pan, Shift-drag draws a lasso, and arrow keys move from sample to
 * sample.
 */
import type { MapCallbacks } from "./data";
import { formatCount } from "../../../marks/format";
import { ensureGroup, ensureElement, ensureSvg, type Box, type Svg } from "../../../marks/elements";
import type { MapData } from "./data";
import { listenToKeys } from "./keys";
import { LABEL_HEIGHT, type ClassLabel } from "./labels";
import { paintMap } from "./paint";
import { listenToPointer } from "./pointer";
import { listenToZoom } from "./zoom";

export function drawMap(box: Box, data: MapData, callbacks: MapCallbacks): void {
  const { width, height } = data;
  const view = ensureElement(box, "div", "view").style("height", `${height}px`).style("width", `${width}px`);
  view
    .attr("tabindex", 0)
    .attr("role", "group")
    .attr("aria-roledescription", "map of samples")
    .attr("aria-label", describeMap(data))
    .attr("data-testid", "map");
  paintMap(ensureElement(view, "canvas", "points"), data);
  const overlay = ensureSvg(view, "over", width, height).attr("aria-hidden", "true");
  drawPointRings(overlay, data);
  drawClassNames(ensureElement(view, "div", "names"), data, callbacks);
  listenToZoom(view, data, callbacks);
  listenToPointer(view, overlay, data, callbacks);
  listenToKeys(view, data, callbacks);
}

const describeMap = ({ points, markedCount }: MapData): string =>
  `Map of ${formatCount(points.sample.length)} samples, ${formatCount(markedCount)} marked. Arrows: next sample in that direction. Enter: choose it. ` +
  "Shift Enter: add it to the chosen samples. Shift Right, Shift Left: choose more or fewer of the nearest samples. Plus, minus, 0: zoom.";

interface PointRing {
  readonly key: string;
  readonly point: number;
  readonly radius: number;
}

function drawPointRings(overlay: Svg, { placedPoints, chosen, hoveredPoint, strongestPoints }: MapData): void {
  const rings: PointRing[] = [
    ...strongestPoints.map((point) => ({ key: `strong-${point}`, point, radius: 6 })),
    ...(hoveredPoint >= 0 && hoveredPoint !== chosen ? [{ key: "hovered", point: hoveredPoint, radius: 8 }] : []),
    ...(chosen >= 0 ? [{ key: "chosen", point: chosen, radius: 9 }] : []),
  ];
  ensureGroup(overlay, "rings")
    .selectAll<SVGCircleElement, PointRing>("circle")
    .data(rings, ({ key }) => key)
    .join("circle")
    .attr("class", ({ key }) => key.split("-")[0]!)
    .attr("cx", ({ point }) => placedPoints.px[point]!)
    .attr("cy", ({ point }) => placedPoints.py[point]!)
    .attr("r", ({ radius }) => radius);
}

/**
 * Draws an invisible button over each painted class name, so that the class can be chosen with the pointer and the
 * keyboard.
 */
function drawClassNames(box: Box, { labels, chosenLabel }: MapData, { onChooseClass }: MapCallbacks): void {
  box
    .selectAll<HTMLButtonElement, ClassLabel>(":scope > button")
    .data(labels, ({ label }) => label)
    .join((enter) => enter.append("button").attr("type", "button"))
    .attr("aria-label", ({ text }) => `Samples of class ${text}`)
    .attr("title", ({ text }) => `Choose the samples of class ${text}`)
    .attr("aria-pressed", ({ label }) => label === chosenLabel)
    .style("left", ({ x }) => `${x}px`)
    .style("top", ({ y }) => `${y}px`)
    .style("width", ({ width }) => `${width}px`)
    .style("height", `${LABEL_HEIGHT}px`)
    .on("click", (event: MouseEvent, { label }) => {
      event.stopPropagation();
      onChooseClass(label);
    });
}
