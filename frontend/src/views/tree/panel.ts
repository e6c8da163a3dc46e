/** The Tree panel. */
import type { Panel } from "../panel";

export const treePanel: Panel = {
  id: "tree",
  title: "Tree",
  sub: () => "",
  tools: () => [],
  charts: [],
  keys: [],
  inputs: () => [],
  draw: () => undefined,
};
