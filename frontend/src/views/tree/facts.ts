/** The chosen node in six numbers. */
import type { Node } from "../../api/values";
import { formatBytes, formatCount, formatMs, formatPercent, formatShort } from "../../marks/format";
import type { Box } from "../../marks/part";

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly title: string;
}

export function listFacts(node: Node): readonly Fact[] {
  const latency = node.latency.find(({ batch }) => batch === 1);
  const interval = node.accuracy_interval;
  const within = interval ? `, 95 % interval ${formatPercent(interval.low)}–${formatPercent(interval.high)}` : "";
  return [
    { name: `Node ${node.number}`, value: formatPercent(node.accuracy, 2), title: `accuracy on ${formatCount(node.images)} selection images${within}` },
    { name: "Filters", value: formatCount(node.filters), title: `${formatCount(node.free_filters)} of them can be removed` },
    { name: "Parameters", value: formatCount(node.parameters), title: "all parameters of the network" },
    { name: "MACs", value: formatShort(node.macs), title: `${formatCount(node.macs)} of convolutions and linear layers, one image` },
    { name: "File", value: formatBytes(node.size_bytes), title: `${formatCount(node.size_bytes)} bytes of safetensors` },
    {
      name: "Latency, batch 1",
      value: formatMs(latency?.median_ms),
      title: latency ? `median on ${latency.device}, interquartile range ${formatMs(latency.iqr_ms)}` : "not measured yet",
    },
  ];
}

export function drawFacts(box: Box, node: Node | null): void {
  const facts = box
    .selectAll<HTMLElement, Fact>(":scope > div")
    .data(node ? listFacts(node) : [])
    .join((enter) => {
      const made = enter.append("div");
      made.append("span");
      made.append("b");
      return made;
    })
    .attr("title", ({ title }) => title);
  facts.select("span").text(({ name }) => name);
  facts.select("b").text(({ value }) => value);
}
