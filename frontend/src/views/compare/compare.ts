/** The comparison view: two to five nodes side by side. */
import type { Comparison, Node } from "../../api/values";
import { formatCount } from "../../marks/format";
import { ensureElement, showOrClear, type Box } from "../../marks/elements";
import { trackScroll } from "../../marks/scroll";
import type { Actions } from "../../state/actions";
import { comparisonKey, markedNodes } from "../../state/selectors/tree";
import type { State } from "../../state/state";
import { drawEmptyState, type EmptyState } from "../empty";
import type { Size } from "../panel";
import { originText } from "../nodes/tags";
import { drawDifferenceMatrices } from "./confusion";
import { drawLayers } from "./layers";
import { listMetrics, type ComparedMetric } from "./measures";
import { drawTable } from "./table";

const HOW_TO_MARK_NODES = "Choose two to five nodes and press C on each. The first node is the reference.";
/** Width of the column of layer names, including the padding next to the strips, in pixels. */
const NAMES_WIDTH = 220;

export function drawCompareView(box: Box, state: State, act: Actions, { width }: Size): void {
  const marked = markedNodes(state);
  const key = comparisonKey(marked);
  const comparison = state.server.comparisons[key] ?? null;
  drawEmptyState(
    box,
    comparison ? null : explainMissingComparison(marked, state.screen.requests[`comparison:${key}`]?.error ?? null),
  );
  const content = ensureElement(box, "div", "compared").attr("data-testid", "comparison");
  showOrClear(content, comparison !== null);
  if (!comparison) return;
  drawColumnHeads(ensureElement(content, "div", "heads"), comparison, state, act);
  const metrics = ensureElement(content, "section", "metrics");
  ensureElement(metrics, "h3", "title").text("Metrics, with the change from the first node");
  drawTable(metrics, {
    name: "measures",
    columnTitles: columnNames(comparison),
    rows: listMetrics(comparison).map((metric) => ({ ...metric, key: metric.name })),
    draw: drawMetricCell,
  });
  const flips = ensureElement(content, "section", "flips");
  ensureElement(flips, "h3", "title").text(
    `Number of samples, out of ${formatCount(comparison.images)} in the selection split`,
  );
  drawPredictionChanges(flips, comparison, act);
  ensureElement(flips, "h3", "title second").text(
    "Confusion compared with the first node: △ better, ▼ worse. Rows: true class; columns: predicted class.",
  );
  drawDifferenceMatrices(flips, comparison);
  const layers = ensureElement(content, "section", "structure");
  ensureElement(layers, "h3", "title").text(
    "Kept filters by original number. Short lines: kept by all nodes; tall lines: not kept by all nodes. Bar below: layer width.",
  );
  drawLayers(layers, comparison, Math.max(120, Math.floor((width - NAMES_WIDTH) / comparison.nodes.length) - 12));
  trackScroll(content.node()!, () => state.screen.comparisonScroll, act.scrollCompared);
}

function explainMissingComparison(marked: readonly Node[], error: string | null): EmptyState {
  if (marked.length < 2)
    return {
      title: marked.length === 0 ? "No node is marked" : "Only one node is marked",
      sentence: HOW_TO_MARK_NODES,
    };
  return error
    ? { title: "These nodes cannot be compared", sentence: error }
    : { title: "Comparing…", sentence: `Loading filters, confusion and samples of nodes ${joinNodeNumbers(marked)}.` };
}

const joinNodeNumbers = (nodes: readonly Node[]): string => nodes.map(({ number }) => number).join(", ");

const columnNames = ({ nodes }: Comparison): readonly string[] => nodes.map(({ number }) => `node ${number}`);

function drawColumnHeads(box: Box, { nodes }: Comparison, { server }: State, act: Actions): void {
  box
    .selectAll<HTMLElement, Node>(":scope > span")
    .data(nodes, ({ id }) => id)
    .join((enter) => {
      const head = enter.append("span").attr("class", "compared-node");
      head.append("button").attr("type", "button").attr("class", "link name");
      head.append("button").attr("type", "button").attr("class", "icon remove").text("✕");
      return head;
    })
    .order()
    .each(function (node, index) {
      const [name, remove] = this.querySelectorAll("button") as unknown as [HTMLButtonElement, HTMLButtonElement];
      name.textContent = `${index === 0 ? "reference: " : ""}node ${node.number} · ${originText(node, server.nodes)}${node.note ? ` · “${node.note}”` : ""}`;
      name.title = "Choose this node";
      name.onclick = () => act.chooseNode(node.id);
      remove.title = `Remove node ${node.number} from the comparison`;
      remove.ariaLabel = remove.title;
      remove.onclick = () => act.markNode(node.id);
    });
}

function drawMetricCell(cell: HTMLTableCellElement, { value, change }: ComparedMetric["cells"][number]): void {
  cell.replaceChildren(
    value,
    Object.assign(document.createElement("span"), { className: "change", textContent: change }),
  );
}

function drawPredictionChanges(box: Box, { flips, nodes }: Comparison, act: Actions): void {
  const nodeNumberById = new Map(nodes.map(({ id, number }) => [id, number]));
  drawTable(box, {
    name: "flipped",
    columnTitles: ["▼ degraded", "▲ improved", "both right", "both wrong"],
    rows: flips.map((changes) => ({
      key: `${changes.before_id}-${changes.after_id}`,
      name: `node ${nodeNumberById.get(changes.before_id)} → ${nodeNumberById.get(changes.after_id)}`,
      cells: [
        { count: changes.degraded, show: () => act.showFlips(changes.before_id, changes.after_id, "degraded") },
        { count: changes.improved, show: () => act.showFlips(changes.before_id, changes.after_id, "improved") },
        { count: changes.both_right, show: null },
        { count: changes.both_wrong, show: null },
      ],
    })),
    draw: drawSampleCount,
  });
}

function drawSampleCount(
  cell: HTMLTableCellElement,
  { count, show }: { readonly count: number; readonly show: (() => void) | null },
): void {
  if (!show) {
    cell.textContent = formatCount(count);
    return;
  }
  const button = cell.querySelector("button") ?? cell.appendChild(document.createElement("button"));
  Object.assign(button, {
    type: "button",
    className: "link",
    textContent: formatCount(count),
    title: "Show these samples",
    onclick: show,
  });
}
