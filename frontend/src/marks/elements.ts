/**
 * Finds the child element with a given tag and class, or creates it, so that redrawing updates elements instead of
 * rebuilding them.
 */
import type { Selection } from "d3-selection";

/** A D3 selection of one element. */
export type Box<E extends Element = HTMLElement> = Selection<E, unknown, null, undefined>;
/** A D3 selection of one `<svg>` or `<g>` element. */
export type Group = Box<SVGElement>;
export type Svg = Group;

type ElementWithTag<K extends keyof HTMLElementTagNameMap> = K extends "canvas" | "input"
  ? HTMLElementTagNameMap[K]
  : HTMLElement;

/** Returns the child element with this tag and class; appends it on the first draw. */
export function ensureElement<K extends keyof HTMLElementTagNameMap>(
  parent: Box,
  tag: K,
  name: string,
): Box<ElementWithTag<K>> {
  const existingElement = parent.select<HTMLElement>(childSelector(tag, name));
  const element = existingElement.empty() ? parent.append<HTMLElement>(tag).attr("class", name) : existingElement;
  return element as unknown as Box<ElementWithTag<K>>;
}

/** Returns the child SVG with this class after setting its width and height; appends it on the first draw. */
export function ensureSvg(parent: Box, name: string, width: number, height: number): Group {
  const existingChild = parent.select<SVGElement>(childSelector("svg", name));
  const svg = existingChild.empty() ? parent.append<SVGElement>("svg").attr("class", name) : existingChild;
  return svg.attr("width", width).attr("height", height).attr("viewBox", `0 0 ${width} ${height}`);
}

/**
 * Returns the child `<g>` with this class; appends it on the first draw. Groups are painted in the order in which they
 * were created.
 */
export function ensureGroup(parent: Group, name: string): Group {
  const existingChild = parent.select<SVGElement>(childSelector("g", name));
  return existingChild.empty() ? parent.append<SVGElement>("g").attr("class", name) : existingChild;
}

/** Shows an element, or hides and empties it so that nothing of an earlier drawing remains. Returns `isShown`. */
export function showOrClear(box: Box, isShown: boolean): boolean {
  box.attr("hidden", isShown ? null : "");
  if (!isShown) box.node()!.replaceChildren();
  return isShown;
}

/**
 * Returns the CSS selector of the child with this tag and class; `name` may hold several classes, separated by spaces.
 */
const childSelector = (tag: string, name: string): string => `:scope > ${tag}.${name.replaceAll(" ", ".")}`;

export interface Label {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor?: "start" | "middle" | "end";
  /**
   * Style of a label. `strong`: in the full text colour; `unrecovered`: in the colour of nodes that did not recover.
   */
  readonly emphasis?: "strong" | "dimmed" | "bold" | "unrecovered" | "";
}

export function drawLabels(parent: Group, labels: readonly Label[]): void {
  parent
    .selectAll<SVGTextElement, Label>(":scope > text")
    .data(labels, (label) => label.key)
    .join("text")
    .attr("x", (label) => label.x)
    .attr("y", (label) => label.y)
    .attr("text-anchor", (label) => label.anchor ?? "start")
    .attr("class", (label) => label.emphasis ?? "")
    .text((label) => label.text);
}

export interface Line {
  readonly key: string;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

export function drawLines(parent: Group, lines: readonly Line[], stroke: string): void {
  parent
    .selectAll<SVGLineElement, Line>(":scope > line")
    .data(lines, (line) => line.key)
    .join("line")
    .attr("x1", (line) => line.x1)
    .attr("x2", (line) => line.x2)
    .attr("y1", (line) => line.y1)
    .attr("y2", (line) => line.y2)
    .attr("stroke", stroke);
}
