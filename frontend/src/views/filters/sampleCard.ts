/** The chosen sample: its picture, what it is, what the two nodes call it. Also the field that finds one by number. */
import type { SampleView } from "../../api/values";
import { formatCount } from "../../marks/format";
import { icon } from "../../marks/icons";
import { ensureElement, type Box } from "../../marks/elements";
import { pictureUrl } from "../samples/thumbs";
import { drawDumbbells } from "./dumbbells";

export interface SampleCardData {
  readonly experiment: number;
  readonly sample: number | null;
  readonly images: number;
  readonly view: SampleView | null;
  /** Why there is nothing to see; null while all is well. */
  readonly error: string | null;
  readonly classes: readonly string[];
  /** Numbers of the nodes. */
  readonly now: number;
  readonly before: number | null;
  readonly width: number;
}

export interface SampleCardCallbacks {
  onChoose(sample: number | null): void;
  /** What was typed names no sample; `cure` says what does. */
  onUnknown(cure: string): void;
}

const PICTURE = 72;
const ROWS = 3;
const SIDES = 24 + PICTURE + 12;

export function drawSampleCard(box: Box, data: SampleCardData, callbacks: SampleCardCallbacks): void {
  const { sample, view, experiment, classes, width } = data;
  box.attr("data-testid", "sample").classed("none", sample === null);
  const picture = ensureElement(box, "img", "pix").attr("hidden", sample === null || experiment === 0 ? "" : null);
  const words = ensureElement(box, "div", "words");
  drawTitle(ensureElement(words, "div", "line"), data, callbacks);
  const hint =
    data.error ??
    (sample === null
      ? "No sample chosen. Choose a point or a cell of the confusion matrix, or press / and type a number."
      : null);
  ensureElement(words, "span", "hint")
    .attr("hidden", hint === null ? "" : null)
    .text(hint ?? "");
  const chart = ensureElement(words, "div", "chart").attr("hidden", view && sample !== null ? null : "");
  if (sample === null || experiment === 0) return;
  const url = pictureUrl(experiment, sample, PICTURE);
  if (picture.attr("src") !== url) picture.attr("src", url);
  picture.attr("alt", `Sample ${sample}${view ? `, ${classes[view.label]}` : ""}`);
  if (view)
    drawDumbbells(chart, {
      view,
      classes,
      now: data.now,
      before: view.before && data.before,
      width: width - SIDES,
      rows: ROWS,
    });
}

function drawTitle(line: Box, data: SampleCardData, callbacks: SampleCardCallbacks): void {
  const { sample, images, view, classes } = data;
  ensureElement(line, "label", "title").attr("for", "sample-number").text("Sample");
  drawField(line, sample, images, callbacks);
  const about = view ? describeView(view, classes) : "";
  ensureElement(line, "span", "about").text(about).attr("title", about);
  ensureElement(line, "span", "grow");
  const drop = ensureElement(line, "button", "icon drop")
    .attr("type", "button")
    .attr("hidden", sample === null ? "" : null);
  if (drop.html() === "") drop.html(icon("back"));
  drop
    .attr("title", "Let go of this sample: mean feature maps")
    .attr("aria-label", "Let go of this sample")
    .on("click", () => callbacks.onChoose(null));
}

function drawField(
  line: Box,
  sample: number | null,
  images: number,
  { onChoose, onUnknown }: SampleCardCallbacks,
): void {
  const field = ensureElement(line, "input", "field number");
  const node = field.node()!;
  field
    .attr("id", "sample-number")
    .attr("type", "text")
    .attr("inputmode", "numeric")
    .attr("autocomplete", "off")
    .attr("placeholder", "/")
    .attr("title", images > 0 ? `Number of a sample, ${rangeOf(images)} (/)` : "Number of a sample (/)");
  const showChosen = (): void => void (node.value = sample === null ? "" : String(sample));
  if (document.activeElement !== node) showChosen();
  field.on("change", () => {
    const number = readSampleNumber(node.value, images);
    if (number === undefined) {
      onUnknown(describeUnknown(node.value, images));
      showChosen();
    } else if (number !== sample) onChoose(number);
  });
  field.on("keydown", (event: KeyboardEvent) => {
    if (event.key === "Enter") node.blur(); // tells the change, and single letters are keys again
    if (event.key !== "Escape") return;
    event.stopPropagation();
    showChosen();
    node.blur();
  });
}

const rangeOf = (images: number): string => `0 to ${formatCount(images - 1)}`;

const describeUnknown = (text: string, images: number): string =>
  images > 0
    ? `There is no sample “${text.trim()}”: type a number, ${rangeOf(images)}.`
    : "Samples can be found by number when the node is ready.";

/** undefined: means nothing. */
export function readSampleNumber(text: string, images: number): number | null | undefined {
  const trimmed = text.replaceAll(",", "").trim();
  if (trimmed === "") return null;
  const number = Number(trimmed);
  return /^\d+$/.test(trimmed) && number < images ? number : undefined;
}

/** "true cat · ▼ degraded, now dog" */
export function describeView({ label, predicted, change }: SampleView, classes: readonly string[]): string {
  const name = (index: number): string => classes[index] ?? String(index);
  const called = label === predicted ? "right" : `now ${name(predicted)}`;
  const words = {
    degraded: `▼ degraded, ${called}`,
    improved: "▲ improved",
    same: label === predicted ? "right" : `✕ called ${name(predicted)}`,
  };
  return `true ${name(label)} · ${words[change]}`;
}
