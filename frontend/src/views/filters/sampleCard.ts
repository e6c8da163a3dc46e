/**
 * Shows the chosen sample with its image, its true class and its predictions by two nodes, and a field that finds a
 * sample by number.
 */
import type { SampleView } from "../../api/values";
import { formatCount } from "../../marks/format";
import { icon } from "../../marks/icons";
import { ensureElement, showOrClear, type Box } from "../../marks/elements";
import { pictureUrl } from "../samples/thumbs";
import { drawDumbbells } from "./dumbbells";

export interface SampleCardData {
  readonly experiment: number;
  readonly sample: number | null;
  readonly images: number;
  readonly view: SampleView | null;
  /** Explains why the sample cannot be shown; null if there is no such problem. */
  readonly error: string | null;
  readonly classes: readonly string[];
  /** Number of the chosen node. */
  readonly now: number;
  /** Number of the compared node; null if there is none. */
  readonly before: number | null;
  readonly width: number;
}

export interface SampleCardCallbacks {
  onChoose(sample: number | null): void;
  /** Called if the typed text is not the number of a sample; `message` says which numbers are valid. */
  onInvalidSampleNumber(message: string): void;
}

const PICTURE_SIZE = 72;
const CLASS_ROW_COUNT = 3;
const PICTURE_COLUMN_WIDTH = 24 + PICTURE_SIZE + 12;

export function drawSampleCard(box: Box, data: SampleCardData, callbacks: SampleCardCallbacks): void {
  const { sample, view, experiment, classes, width } = data;
  box.attr("data-testid", "sample").classed("none", sample === null);
  const picture = ensureElement(box, "img", "pix").attr("hidden", sample === null || experiment === 0 ? "" : null);
  const words = ensureElement(box, "div", "words");
  drawTitle(ensureElement(words, "div", "line"), data, callbacks);
  const hint =
    data.error ??
    (sample === null
      ? "No sample chosen. Choose a point on the map or a cell of the confusion matrix, or press / and type a number."
      : null);
  ensureElement(words, "span", "hint")
    .attr("hidden", hint === null ? "" : null)
    .text(hint ?? "");
  const chart = ensureElement(words, "div", "chart");
  showOrClear(chart, view !== null && sample !== null);
  if (sample === null || experiment === 0) return;
  const url = pictureUrl(experiment, sample, PICTURE_SIZE);
  if (picture.attr("src") !== url) picture.attr("src", url);
  picture.attr("alt", `Sample ${sample}${view ? `, ${classes[view.label]}` : ""}`);
  if (view)
    drawDumbbells(chart, {
      view,
      classes,
      now: data.now,
      before: view.before && data.before,
      width: width - PICTURE_COLUMN_WIDTH,
      rows: CLASS_ROW_COUNT,
    });
}

function drawTitle(line: Box, data: SampleCardData, callbacks: SampleCardCallbacks): void {
  const { sample, images, view, classes } = data;
  ensureElement(line, "label", "title").attr("for", "sample-number").text("Sample");
  drawField(line, sample, images, callbacks);
  const predictionsText = view ? describePredictions(view, classes) : "";
  ensureElement(line, "span", "about").text(predictionsText).attr("title", predictionsText);
  ensureElement(line, "span", "grow");
  const clear = ensureElement(line, "button", "icon clear")
    .attr("type", "button")
    .attr("hidden", sample === null ? "" : null);
  if (clear.html() === "") clear.html(icon("back"));
  clear
    .attr("title", "Clear the chosen sample to see mean feature maps")
    .attr("aria-label", "Clear the chosen sample")
    .on("click", () => callbacks.onChoose(null));
}

function drawField(
  line: Box,
  sample: number | null,
  images: number,
  { onChoose, onInvalidSampleNumber }: SampleCardCallbacks,
): void {
  const field = ensureElement(line, "input", "field number");
  const node = field.node()!;
  field
    .attr("id", "sample-number")
    .attr("type", "text")
    .attr("inputmode", "numeric")
    .attr("autocomplete", "off")
    .attr("placeholder", "/")
    .attr("title", images > 0 ? `Sample number from ${sampleNumberRange(images)} (/)` : "Sample number (/)");
  const showChosenSample = (): void => void (node.value = sample === null ? "" : String(sample));
  if (document.activeElement !== node) showChosenSample();
  field.on("change", () => {
    const number = readSampleNumber(node.value, images);
    if (number === undefined) {
      onInvalidSampleNumber(explainInvalidSampleNumber(node.value, images));
      showChosenSample();
    } else if (number !== sample) onChoose(number);
  });
  field.on("keydown", (event: KeyboardEvent) => {
    if (event.key === "Enter") node.blur(); // fires the change event, and single letters are shortcuts again
    if (event.key !== "Escape") return;
    event.stopPropagation();
    showChosenSample();
    node.blur();
  });
}

const sampleNumberRange = (images: number): string => `0 to ${formatCount(images - 1)}`;

const explainInvalidSampleNumber = (text: string, images: number): string =>
  images > 0
    ? `There is no sample “${text.trim()}”. Enter a number from ${sampleNumberRange(images)}.`
    : "You can find samples by number once the node is ready.";

/**
 * Reads a sample number from a text field. Returns null for an empty text, and undefined if the text is not the number
 * of a sample.
 */
export function readSampleNumber(text: string, images: number): number | null | undefined {
  const textWithoutCommas = text.replaceAll(",", "").trim();
  if (textWithoutCommas === "") return null;
  const number = Number(textWithoutCommas);
  return /^\d+$/.test(textWithoutCommas) && number < images ? number : undefined;
}

/**
 * Describes a sample's true class and how its prediction changed from the compared to the chosen node: "true cat · ▼
 * degraded, now dog".
 */
export function describePredictions({ label, predicted, change }: SampleView, classes: readonly string[]): string {
  const name = (index: number): string => classes[index] ?? String(index);
  const outcome = label === predicted ? "correct" : `now ${name(predicted)}`;
  const texts = {
    degraded: `▼ degraded, ${outcome}`,
    improved: "▲ improved",
    same: label === predicted ? "correct" : `✕ predicted ${name(predicted)}`,
  };
  return `true ${name(label)} · ${texts[change]}`;
}
