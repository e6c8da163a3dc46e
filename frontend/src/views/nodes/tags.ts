/**
 * Tags for nodes that do not come from the user's own plans: nodes made by Autopilot, nodes made with the estimator,
 * and controls.
 */
import type { Estimate, Node, Autopilot } from "../../api/values";
import { formatCount, formatPercent } from "../../marks/format";

const CONTROL_NAMES: Record<NonNullable<Node["control"]>["kind"], string> = {
  random: "random control",
  l1: "L1 control",
  scratch: "from scratch",
};
export const AUTOPILOT_NAMES: Readonly<Record<Autopilot["kind"], string>> = {
  automatic: "Autopilot",
  automatic_estimator: "Autopilot with estimator",
  halving: "Autopilot with step halving",
  schedule: "Autopilot with schedule",
};

/**
 * Describes what each step of an Autopilot removes: "each step removes 25% of the free filters" or, with a schedule, "5
 * steps to the goal".
 */
export function describeAutopilotSteps({ kind, percent, steps }: Autopilot): string {
  return kind === "schedule" ? `${steps} steps to the goal` : `each step removes ${percent}% of the free filters`;
}

/** Describes when an Autopilot ends: "at 1,000 MACs or below 97.00% accuracy". */
export function describeAutopilotEnd({ goal, target_accuracy: target }: Autopilot): string {
  const ends = [
    ...(goal ? [`at ${formatCount(goal.value)} ${COST_NAMES[goal.metric]}`] : []),
    ...(target === null ? [] : [`below ${formatPercent(target, 2)} accuracy`]),
  ];
  return ends.join(" or ");
}

/** Units of costs, as in "1,000 MACs". */
export const COST_NAMES: Readonly<Record<CostMetric, string>> = {
  macs: "MACs",
  parameters: "parameters",
  size_bytes: "bytes",
  filters: "filters",
};
export type CostMetric = NonNullable<Autopilot["goal"]>["metric"];

export interface TagInput {
  readonly nodes: readonly Node[];
  readonly autopilots: readonly Autopilot[];
  readonly estimates: readonly Estimate[];
}

/**
 * Returns the text of the tag of each tagged node, by node id. A node has no Autopilot tag if its parent was made by
 * the same Autopilot.
 */
export function listTags({ nodes, autopilots, estimates }: TagInput): ReadonlyMap<number, string> {
  const autopilotByNode = new Map(
    autopilots.flatMap((autopilot) =>
      [...autopilot.nodes, autopilot.current_id ?? -1].map((id) => [id, autopilot] as const),
    ),
  );
  const nodeById = new Map(nodes.map((node) => [node.id, node]));
  const estimatorPlanIds = new Set(estimates.flatMap(({ plan_id }) => (plan_id === null ? [] : [plan_id])));
  const tags = new Map<number, string>();
  for (const node of nodes) {
    const tag =
      chooseTag(node, nodeById.get(node.parent_id ?? -1), autopilotByNode) ??
      (node.plan_id !== null && estimatorPlanIds.has(node.plan_id) ? "estimator" : null);
    if (tag) tags.set(node.id, tag);
  }
  return tags;
}

function chooseTag(
  node: Node,
  parent: Node | undefined,
  autopilotByNode: ReadonlyMap<number, Autopilot>,
): string | null {
  if (node.control) return CONTROL_NAMES[node.control.kind];
  if (node.origin !== "automatic") return null;
  const autopilot = autopilotByNode.get(node.id);
  const isFirstNodeOfAutopilot = parent?.origin !== "automatic" || autopilotByNode.get(parent.id) !== autopilot;
  return isFirstNodeOfAutopilot ? AUTOPILOT_NAMES[autopilot?.kind ?? "automatic"] : null;
}

/** Describes how a node was made: "L1 control of node 3, seed 2" for a control, otherwise its origin. */
export function originText({ control, origin }: Node, nodeById: Readonly<Record<number, Node>>): string {
  if (!control) return origin;
  const reference = `node ${nodeById[control.reference_id]?.number ?? "?"}`;
  return control.kind === "scratch"
    ? `${reference} retrained from scratch, seed ${control.seed}`
    : `${CONTROL_NAMES[control.kind]} of ${reference}, seed ${control.seed}`;
}
