/** The trade-off view: a picker for the metric of each axis, and the scatter plot, which is linked to the tree. */
import { ensureElement, type Box } from "../../marks/elements";
import { formatPlural } from "../../marks/format";
import type { Actions } from "../../state/actions";
import { treeNodes } from "../../state/selectors/select";
import type { State } from "../../state/state";
import { type Metric, METRICS } from "../../state/choice";
import { drawEmptyState } from "../empty";
import type { Size } from "../panel";
import { findNodeReadout } from "../nodes/descriptions";
import { METRIC_INFO } from "./metrics";
import { findFrontier, listPoints } from "./points";
import { drawScatter } from "./scatter";

const METRIC_PICKERS_HEIGHT = 36;

export function drawTradeoffView(box: Box, state: State, act: Actions, { width, height }: Size): void {
  const { x, y } = state.choice.tree;
  const points = listPoints(treeNodes(state), x, y);
  const row = ensureElement(box, "div", "pickers");
  drawMetricPicker(row, { name: "y", label: "Y axis", chosen: y }, (metric) => act.chooseAxes({ y: metric }));
  drawMetricPicker(row, { name: "x", label: "X axis", chosen: x }, (metric) => act.chooseAxes({ x: metric }));
  const frontier = findFrontier(points, x, y);
  const unmeasuredNodeCount = treeNodes(state).filter((node) => node.state === "ready").length - points.length;
  ensureElement(row, "span", "sub").text(
    `${frontier.length} of ${points.length} nodes on the Pareto frontier${unmeasuredNodeCount ? `; ${formatPlural(unmeasuredNodeCount, "node")} ${x === "latency" || y === "latency" ? "without a reliable latency" : "not measured"}` : ""}`,
  );
  drawEmptyState(
    box,
    points.length
      ? null
      : {
          title: "Nothing to plot yet",
          sentence:
            "No finished node has values for both axes. Latencies are plotted only if their measurement is reliable; press M to repeat it.",
        },
  );
  if (points.length === 0) {
    box.select("svg.tradeoff").remove(); // its axes may be those chosen before
    return;
  }
  drawScatter(
    box,
    {
      points,
      frontier,
      x,
      y,
      chosen: state.choice.node,
      hovered: state.hover.node,
      width,
      height: height - METRIC_PICKERS_HEIGHT,
    },
    {
      onChoose: act.chooseNode,
      onChooseAdjacentNode: act.chooseAdjacentNode,
      onHover: (id) => (id === null ? act.clearHover() : act.hover({ node: id, readout: findNodeReadout(state, id) })),
    },
  );
}

interface MetricPicker {
  readonly name: string;
  readonly label: string;
  readonly chosen: Metric;
}

function drawMetricPicker(
  row: Box,
  { name, label, chosen }: MetricPicker,
  onChooseMetric: (metric: Metric) => void,
): void {
  const labelElement = ensureElement(row, "label", name);
  ensureElement(labelElement, "span", "text").text(`${label} `);
  const field = ensureElement(labelElement, "select", "field").attr("data-testid", `axis-${name}`);
  field
    .selectAll<HTMLOptionElement, Metric>(":scope > option")
    .data(METRICS)
    .join("option")
    .attr("value", (metric) => metric)
    .text((metric) => METRIC_INFO[metric].title);
  field
    .property("value", chosen)
    .on("change", (event: Event) => onChooseMetric((event.currentTarget as HTMLSelectElement).value as Metric));
}
