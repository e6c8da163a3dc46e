/**
 * Six facts about the chosen node. A click on the first fact shows how the node was trained; a click on the last one
 * opens the dialog that measures the node.
 */
import type { Node } from "../../api/values";
import { formatBytes, formatCount, formatPercent, formatCompactCount } from "../../marks/format";
import type { Box } from "../../marks/elements";
import { describeLatencyBriefly, describeLatency, singleImageLatency } from "../nodes/latencies";

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly title: string;
  /** The dialog that a click on the fact opens; absent if the fact cannot be clicked. */
  readonly dialog?: FactDialog;
}

export type FactDialog = "measure" | "provenance";

function listFacts(node: Node): readonly Fact[] {
  const interval = node.accuracy_interval;
  const testAccuracyText =
    node.test_accuracy === null ? "" : `; accuracy on the test images: ${formatPercent(node.test_accuracy, 2)}`;
  const intervalText = interval ? `, 95% interval ${formatPercent(interval.low)}–${formatPercent(interval.high)}` : "";
  return [
    {
      name: `Node ${node.number}${node.notices.length ? " ⚠" : ""}`,
      value: formatPercent(node.accuracy, 2),
      title: [
        `accuracy on ${formatCount(node.images)} selection images${intervalText}${testAccuracyText}`,
        ...node.notices,
        "Click to see how the node was trained (J).",
      ].join("\n"),
      dialog: "provenance",
    },
    {
      name: "Filters",
      value: formatCount(node.filters),
      title: `${formatCount(node.free_filters)} of the filters can be removed`,
    },
    { name: "Parameters", value: formatCount(node.parameters), title: "all parameters of the network" },
    {
      name: "MACs",
      value: formatCompactCount(node.macs),
      title: `${formatCount(node.macs)} multiply-accumulate operations for one image`,
    },
    {
      name: "File size",
      value: formatBytes(node.size_bytes),
      title: `${formatCount(node.size_bytes)} bytes in a safetensors file`,
    },
    latencyFact(node),
  ];
}

function latencyFact(node: Node): Fact {
  const eagerLatency = singleImageLatency(node);
  const latencies = [eagerLatency, singleImageLatency(node, "onnxruntime")].filter((latency) => latency !== undefined);
  const details = latencies.map((latency) => `${describeLatency(latency, node)}. `).join("") || "Not measured yet. ";
  return {
    name: "Latency",
    value: eagerLatency ? describeLatencyBriefly(eagerLatency) : "–",
    title: `Latency at batch size 1. ${details}Click to measure latency or test accuracy (M).`,
    dialog: "measure",
  };
}

export function drawFacts(box: Box, node: Node | null, onOpenDialog: (dialog: FactDialog, node: Node) => void): void {
  const facts = box
    .selectAll<HTMLElement, Fact>(":scope > *")
    .data(node ? listFacts(node) : [])
    .join((enter) => {
      const element = enter.append(({ dialog }) => document.createElement(dialog ? "button" : "div"));
      element.append("span");
      element.append("b");
      return element;
    })
    .attr("title", ({ title }) => title);
  facts.select("span").text(({ name }) => name);
  facts.select("b").text(({ value }) => value);
  facts
    .filter(({ dialog }) => dialog !== undefined)
    .attr("type", "button")
    .attr("data-testid", ({ dialog }) => dialog!)
    .attr("disabled", ({ dialog }) => (dialog === "provenance" || node?.state === "ready" ? null : ""))
    .on("click", (_, { dialog }) => node && onOpenDialog(dialog!, node));
}
