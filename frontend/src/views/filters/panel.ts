/** The Filters panel: the map of samples, the chosen sample, and the filters of the layer. */
import { formatCount } from "../../marks/format";
import { ensureElement } from "../../marks/elements";
import { chosenNode } from "../../state/selectors/select";
import type { State } from "../../state/state";
import type { Panel } from "../panel";
import { filtersPanelCharts } from "./charts";
import { drawCardsArea } from "./cards/area";
import { drawMapArea } from "./map/area";

const MAP_HEIGHT = 292;
const MAX_LIST_WIDTH = 680;
const NARROW_WIDTH = 1100;

export const filtersPanel: Panel = {
  id: "filters",
  title: "Filters",
  subtitle: (state) => `selection split${describeSampleCount(state)}`,
  tools: () => [],
  charts: filtersPanelCharts,
  keys: [
    { keys: "d", help: "show or hide marks on degraded samples", run: (act) => act.toggleChange("degraded") },
    { keys: "i", help: "show or hide marks on improved samples", run: (act) => act.toggleChange("improved") },
    { keys: "Shift+X", help: "show or hide marks on misclassified samples", run: (act) => act.toggleChange("wrong") },
    { keys: "/", help: "find a sample by number", run: () => focusSampleNumberField() },
  ],
  draw: (body, state, act, { width, height }) => {
    const isEnlarged = state.choice.panel === "filters";
    const listWidth = isEnlarged
      ? Math.min(MAX_LIST_WIDTH, Math.round(width * (width < NARROW_WIDTH ? 0.5 : 0.6)))
      : width;
    body.classed("filters", true).classed("enlarged", isEnlarged).style("--list", `${listWidth}px`);
    const map = isEnlarged ? { width: width - listWidth, height } : { width, height: MAP_HEIGHT };
    const list = isEnlarged ? { width: listWidth - 1, height } : { width, height: height - MAP_HEIGHT };
    drawMapArea(ensureElement(body, "div", "map-area"), state, act, map);
    drawCardsArea(ensureElement(body, "div", "list-area"), state, act, list);
  },
};

function describeSampleCount(state: State): string {
  const images = chosenNode(state)?.images ?? 0;
  return images > 0 ? `, ${formatCount(images)} samples` : "";
}

function focusSampleNumberField(): void {
  document.querySelector<HTMLInputElement>("#sample-number")?.select();
}
