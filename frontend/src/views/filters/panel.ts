/** The Filters panel. */
import type { Panel } from "../panel";

export const filtersPanel: Panel = {
  id: "filters",
  title: "Filters",
  sub: () => "",
  tools: () => [],
  charts: [],
  keys: [],
  inputs: () => [],
  draw: () => undefined,
};
