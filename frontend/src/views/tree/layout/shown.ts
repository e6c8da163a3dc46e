/** Which nodes are shown when branches are folded, and the lanes that they take. Worked out once per change. */
import type { Node } from "../../../api/values";
import { memo } from "../../../state/memo";
import type { ById } from "../../../state/state";
import { hiddenNodes } from "../../../state/selectors/tree";
import { layoutLanes } from "./lanes";

export interface Shown {
  /** In order of their numbers. */
  readonly nodes: readonly Node[];
  readonly byId: ReadonlyMap<number, Node>;
  /** Folded node → how many it hides. */
  readonly hidden: ReadonlyMap<number, number>;
  readonly lanes: ReadonlyMap<number, number>;
  /** Nodes with children, shown or hidden. */
  readonly parents: ReadonlySet<number>;
}

export const isDead = ({ state, recovered }: Node): boolean =>
  state === "failed" || state === "cancelled" || (state === "ready" && recovered === false);

export const showNodes = memo((all: ById<Node>, experiment: number | null, folded: readonly number[]): Shown => {
  const nodes = Object.values(all)
    .filter((node) => node.experiment_id === experiment)
    .sort((a, b) => a.number - b.number);
  return foldNodes(nodes, folded);
});

/** `nodes` in order of their numbers, so that parents come before their children. */
export function foldNodes(nodes: readonly Node[], folded: readonly number[]): Shown {
  const hiddenBy = hiddenNodes(nodes, folded);
  const hidden = new Map<number, number>();
  for (const by of hiddenBy.values()) hidden.set(by, (hidden.get(by) ?? 0) + 1);
  const shown = nodes.filter(({ id }) => !hiddenBy.has(id));
  return {
    nodes: shown,
    byId: new Map(shown.map((node) => [node.id, node])),
    hidden,
    lanes: layoutLanes(shown.map((node) => ({ ...node, isDead: isDead(node) }))),
    parents: new Set(nodes.flatMap(({ parent_id }) => (parent_id === null ? [] : [parent_id]))),
  };
}
