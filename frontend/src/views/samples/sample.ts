/** The chosen sample: its picture and what the two nodes call it. */
import type { Experiment, Node, Sample } from "../../api/values";
import { formatPercent } from "../../marks/format";
import { part, type Box } from "../../marks/part";
import { pictureUrl } from "./thumbs";

export interface SampleData {
  readonly sample: Sample | null;
  readonly experiment: Experiment | null;
  readonly node: Node | null;
  readonly parent: Node | null;
}

const SIZE = 72;
const SIGNS = { degraded: "▼ degraded", improved: "▲ improved", same: "" } as const;

export function drawSample(box: Box, { sample, experiment, node, parent }: SampleData): void {
  const isShown = sample !== null && experiment !== null && node !== null;
  box.attr("hidden", isShown ? null : "").attr("data-testid", "sample");
  if (!isShown) return;
  const name = (label: number | null): string => (label === null ? "–" : (experiment.classes[label] ?? String(label)));
  part(box, "img", "pix")
    .attr("alt", `Sample ${sample.sample}, ${name(sample.label)}`)
    .attr("src", pictureUrl(experiment.id, sample.sample, SIZE));
  const words = part(box, "div", "words");
  part(words, "b", "title").text(`Sample ${sample.sample}`);
  part(words, "span", "change").text([`true ${name(sample.label)}`, SIGNS[sample.change]].filter(Boolean).join(" · "));
  part(words, "span", "now").text(`node ${node.number}: ${name(sample.predicted)} at ${formatPercent(sample.probability)}`);
  part(words, "span", "before").text(parent && sample.before !== null ? `node ${parent.number}: ${name(sample.before)}` : "");
}
