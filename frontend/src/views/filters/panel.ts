/** The Filters panel: the map of samples, the chosen sample, the filters of the layer. */
import { formatCount } from "../../marks/format";
import { ensureElement } from "../../marks/elements";
import { chosenNode } from "../../state/selectors/select";
import type { State } from "../../state/state";
import type { Panel } from "../panel";
import { filtersCharts } from "./charts";
import { drawListArea } from "./cards/area";
import { drawMapArea } from "./map/area";

const MAP = 292;
const LIST = 680;
const NARROW = 1100;

export const filtersPanel: Panel = {
  id: "filters",
  title: "Filters",
  sub: (state) => `selection split${describeImages(state)}`,
  tools: () => [],
  charts: filtersCharts,
  keys: [
    { keys: "d", help: "mark degraded samples, or not", run: (act) => act.toggleChange("degraded") },
    { keys: "i", help: "mark improved samples, or not", run: (act) => act.toggleChange("improved") },
    { keys: "Shift+X", help: "mark wrong samples, or not", run: (act) => act.toggleChange("wrong") },
    { keys: "/", help: "find a sample by number", run: () => focusNumber() },
  ],
  draw: (body, state, act, { width, height }) => {
    const isBig = state.choice.panel === "filters";
    const listWidth = isBig ? Math.min(LIST, Math.round(width * (width < NARROW ? 0.5 : 0.6))) : width;
    body.classed("filters", true).classed("enlarged", isBig).style("--list", `${listWidth}px`);
    const map = isBig ? { width: width - listWidth, height } : { width, height: MAP };
    const list = isBig ? { width: listWidth - 1, height } : { width, height: height - MAP };
    drawMapArea(ensureElement(body, "div", "d1"), state, act, map);
    drawListArea(ensureElement(body, "div", "d2"), state, act, list);
  },
};

function describeImages(state: State): string {
  const images = chosenNode(state)?.images ?? 0;
  return images > 0 ? `, ${formatCount(images)} samples` : "";
}

function focusNumber(): void {
  document.querySelector<HTMLInputElement>("#sample-number")?.select();
}
