/** The chosen node in six numbers; the last can be measured anew. */
import type { Node } from "../../api/values";
import { formatBytes, formatCount, formatMs, formatPercent, formatShort } from "../../marks/format";
import type { Box } from "../../marks/elements";

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly title: string;
  /** A press measures it anew. */
  readonly isMeasured?: boolean;
}

function listFacts(node: Node): readonly Fact[] {
  const interval = node.accuracy_interval;
  const test = node.test_accuracy === null ? "" : `; ${formatPercent(node.test_accuracy, 2)} of the test images`;
  const within = interval ? `, 95 % interval ${formatPercent(interval.low)}–${formatPercent(interval.high)}` : "";
  return [
    {
      name: `Node ${node.number}`,
      value: formatPercent(node.accuracy, 2),
      title: `accuracy on ${formatCount(node.images)} selection images${within}${test}`,
    },
    {
      name: "Filters",
      value: formatCount(node.filters),
      title: `${formatCount(node.free_filters)} of them can be removed`,
    },
    { name: "Parameters", value: formatCount(node.parameters), title: "all parameters of the network" },
    {
      name: "MACs",
      value: formatShort(node.macs),
      title: `${formatCount(node.macs)} of convolutions and linear layers, one image`,
    },
    {
      name: "File",
      value: formatBytes(node.size_bytes),
      title: `${formatCount(node.size_bytes)} bytes of safetensors`,
    },
    latencyFact(node),
  ];
}

function latencyFact({ latency }: Node): Fact {
  const single = latency.filter(({ batch }) => batch === 1);
  const eager = single.find(({ runtime }) => runtime !== "onnxruntime");
  const onnx = single.find(({ runtime }) => runtime === "onnxruntime");
  const say = (name: string, { device, iqr_ms }: Node["latency"][number]): string =>
    `${name}: median on ${device}, interquartile range ${formatMs(iqr_ms)}`;
  return {
    name: onnx ? "torch · ONNX" : "Latency",
    value: [eager, ...(onnx ? [onnx] : [])].map((one) => formatMs(one?.median_ms)).join(" · "),
    title: `Latency of batch 1. ${[...(eager ? [say("torch", eager)] : []), ...(onnx ? [say("ONNX Runtime", onnx)] : [])].join("; ") || "Not measured yet"}. Press to measure it, and test accuracy once (M).`,
    isMeasured: true,
  };
}

export function drawFacts(box: Box, node: Node | null, onMeasure: (node: Node) => void): void {
  const facts = box
    .selectAll<HTMLElement, Fact>(":scope > *")
    .data(node ? listFacts(node) : [])
    .join((enter) => {
      const made = enter.append(({ isMeasured }) => document.createElement(isMeasured ? "button" : "div"));
      made.append("span");
      made.append("b");
      return made;
    })
    .attr("title", ({ title }) => title);
  facts.select("span").text(({ name }) => name);
  facts.select("b").text(({ value }) => value);
  box
    .select("button")
    .attr("type", "button")
    .attr("data-testid", "measure")
    .attr("disabled", node?.state === "ready" ? null : "")
    .on("click", () => node && onMeasure(node));
}
