/** Recoverability, loss, epochs and cost per node, on the axis that the tree above has. */
import type { ChartsData, ChartsCallbacks } from "./chartsData";
import { drawLabels, layer, svgPart, type Box, type Group, type Label } from "../../marks/part";
import { drawBand, listenToPan } from "../axis/band";
import { isInView, nameNumbers, toColumn, type NodeAxis } from "../axis/nodeAxis";
import { drawColumns } from "./columns";
import { drawCost } from "./cost";
import { drawEpochs } from "./epochs";
import { costScales, epochScale, errorScale, layoutSpans, lossScale, type Scale, type Span } from "./layout";
import { drawLoss } from "./loss";
import { drawPatterns } from "./patterns";
import { drawRecoverability } from "./recoverability";

export function drawCharts(box: Box, data: ChartsData, callbacks: ChartsCallbacks): void {
  const { axis, height, ghost, chosen } = data;
  const svg = svgPart(box, "charts", axis.width, height).attr("role", "img");
  svg.attr("aria-label", "Recoverability, loss, epochs and cost per node; the tree above has the same columns");
  drawPatterns(svg);
  const spans = layoutSpans(height);
  const shown = data.stats.filter(({ node }) => isInView(axis, node.number));
  drawBand(layer(svg, "bands"), axis, chosen?.number ?? null, height);
  const error = errorScale(shown, spans.recoverability);
  const loss = lossScale(shown, spans.loss);
  const epochs = epochScale(shown, spans.epochs);
  const cost = costScales(data.stats, ghost?.cost ?? null, spans.cost);
  drawGrid(layer(svg, "grid"), axis, [error, loss, epochs, cost.macs]);
  const captions = layer(svg, "captions");
  drawCaption(captions, spans.recoverability, "Recoverability", "accuracy over epochs, % (log error); ▸ to recover");
  drawCaption(captions, spans.loss, "Loss", "first to last epoch, cross-entropy");
  drawCaption(captions, spans.epochs, "Epochs", "of training");
  drawCaption(captions, spans.cost, "Cost", `▮ MACs, ${cost.macs.unit}`);
  const context = { axis, ghost, shown, all: data.stats };
  drawRecoverability(layer(svg, "recoverability"), context, error);
  drawLoss(layer(svg, "loss"), context, loss);
  drawEpochs(layer(svg, "epochs"), context, epochs, spans.epochs);
  drawCost(layer(svg, "cost"), context, cost, spans.cost);
  drawNumbers(layer(svg, "numbers"), data, spans.axis);
  drawColumns(layer(svg, "columns"), shown, axis, spans, callbacks);
  listenToPan(box.node()!, axis, callbacks.onPan);
}

function drawGrid(group: Group, axis: NodeAxis, scales: readonly Scale[]): void {
  const ticks = scales.flatMap((scale, chart) =>
    scale.ticks.map((tick) => ({ ...tick, key: `${chart}:${tick.text}` })),
  );
  group
    .selectAll<SVGLineElement, (typeof ticks)[number]>(":scope > line")
    .data(ticks, ({ key }) => key)
    .join("line")
    .attr("x1", axis.left - 12)
    .attr("x2", axis.width - 36)
    .attr("y1", ({ y }) => y)
    .attr("y2", ({ y }) => y);
  drawLabels(
    group,
    ticks.map(({ key, y, text }) => ({ key, x: 35, y: y + 4, text, anchor: "end" })),
  );
}

function drawCaption(captions: Group, { caption }: Span, name: string, unit: string): void {
  const group = layer(captions, name.toLowerCase());
  const words = [
    { key: "name", text: name, look: "b" },
    { key: "unit", text: `\u2002${unit}`, look: "" },
  ];
  const text = group.selectAll<SVGTextElement, string>(":scope > text").data([name]).join("text");
  text
    .attr("x", 12)
    .attr("y", caption)
    .selectAll<SVGTSpanElement, (typeof words)[number]>("tspan")
    .data(words, ({ key }) => key)
    .join("tspan")
    .attr("class", ({ look }) => look)
    .text((word) => word.text);
}

function drawNumbers(group: Group, { axis, stats, ghost, chosen }: ChartsData, y: number): void {
  const named = nameNumbers(
    axis,
    stats.map(({ node }) => node.number),
    { chosen: chosen?.number ?? null, ghost: ghost?.number ?? null },
  );
  drawLabels(group, [
    { key: "node", x: 35, y, text: "node", anchor: "end", look: "d" },
    ...named.map((number): Label => ({
      key: number === ghost?.number ? "ghost" : String(number),
      x: toColumn(axis, number),
      y,
      text: String(number),
      anchor: "middle",
      look: number === chosen?.number ? "b" : number === ghost?.number ? "d" : "s",
    })),
  ]);
}
