/** The Statistics panel. */
import type { Panel } from "../panel";

export const statsPanel: Panel = {
  id: "stats",
  title: "Statistics",
  sub: () => "",
  tools: () => [],
  charts: [],
  keys: [],
  inputs: () => [],
  draw: () => undefined,
};
