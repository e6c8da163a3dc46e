/** Who made a node, where no person's plan did: walks, controls, the estimator. */
import type { Estimate, Node, Walk } from "../../api/values";

const CONTROLS: Record<NonNullable<Node["control"]>["kind"], string> = {
  random: "random control",
  l1: "L1 control",
  scratch: "from scratch",
};
const WALKS: Record<Walk["kind"], string> = { automatic: "automatic", automatic_estimator: "automatic, estimator" };

export interface Makers {
  readonly nodes: readonly Node[];
  readonly walks: readonly Walk[];
  readonly estimates: readonly Estimate[];
}

/** Node id → words. Of a walk's unbroken run only the first is named, so that the words do not pile up. */
export function listTags({ nodes, walks, estimates }: Makers): ReadonlyMap<number, string> {
  const walkOf = new Map(
    walks.flatMap((walk) => [...walk.nodes, walk.current_id ?? -1].map((id) => [id, walk] as const)),
  );
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const estimated = new Set(estimates.flatMap(({ plan_id }) => (plan_id === null ? [] : [plan_id])));
  const tags = new Map<number, string>();
  for (const node of nodes) {
    const tag =
      tagOf(node, byId.get(node.parent_id ?? -1), walkOf) ??
      (node.plan_id !== null && estimated.has(node.plan_id) ? "estimator" : null);
    if (tag) tags.set(node.id, tag);
  }
  return tags;
}

function tagOf(node: Node, parent: Node | undefined, walkOf: ReadonlyMap<number, Walk>): string | null {
  if (node.control) return CONTROLS[node.control.kind];
  if (node.origin !== "automatic") return null;
  const walk = walkOf.get(node.id);
  const isFirst = parent?.origin !== "automatic" || walkOf.get(parent.id) !== walk;
  return isFirst ? WALKS[walk?.kind ?? "automatic"] : null;
}

/** "L1 control of node 3, seed 2": for readouts and the comparison. */
export function describeMaker({ control, origin }: Node, byId: Readonly<Record<number, Node>>): string {
  if (!control) return origin;
  return `${CONTROLS[control.kind]} of node ${byId[control.like_id]?.number ?? "?"}, seed ${control.seed}`;
}
