/** State → what the plan area shows. */
import type { Epoch, Experiment, Job, Node, Plan, Training, TrainingChoice } from "../../api/values";
import { formatCount, formatDuration, formatPercent, formatShare, formatValue } from "../../marks/format";
import type { PlanModel, PlanResult } from "../../plan/evaluate";
import { memo } from "../../plan/memo";
import type { Ranking } from "../../plan/ranking";
import type { Rule } from "../../plan/rule";
import { currentPlan, currentRule, fillOnce, isClosed, plansOf } from "../../state/draft";
import { isSaved, otherDraft, resultOf } from "../../state/plan";
import { chosenExperiment, chosenNode, isActive, treeNodes } from "../../state/select";
import type { State } from "../../state/state";
import { freeFilters } from "./chartData";
import type { ButtonData, Handmade, PlanData, Tab } from "./planData";

export interface PlanInput {
  readonly model: PlanModel;
  readonly ranking: Ranking | null;
  readonly result: PlanResult;
}

export function planData(state: State, input: PlanInput, { enlarged, width }: Pick<PlanData, "enlarged" | "width">): PlanData {
  const [plan, node] = [currentPlan(state), chosenNode(state)];
  const { model, result } = input;
  const other = otherDraft(state);
  const canSave = isSaved(state);
  return {
    tabs: tabsOf(state, input),
    canAdd: node?.state === "ready",
    nodeNumber: node?.number ?? 0,
    now: model.now,
    after: canSave && plan ? plan.cost : result.cost,
    shares: canSave && plan ? plan.shares : result.shares,
    other: other && { name: other.name, shares: resultOf(state, model, other, fillOnce(other)).shares },
    preview: previewOf(state, input),
    notes: canSave && plan ? plan.notes : [],
    handmade: handmadeOf(currentRule(state), input.ranking, model),
    training: trainingText(trainingOf(state), chosenExperiment(state)),
    note: plan?.note ?? "",
    isClosed: isClosed(plan),
    previewButton: previewButton(state, input),
    applyButton: applyButton(state, input),
    error: state.draft.wish?.error ?? null,
    enlarged,
    width,
  };
}

function tabsOf(state: State, { model, result }: PlanInput): Tab[] {
  const current = currentPlan(state);
  const mine = formatShare(result.reached / (freeFilters(model) || 1));
  const tabs = plansOf(state, state.choice.node ?? 0).map((plan) => tabOf(plan, plan === current ? mine : null, model, state));
  return current ? tabs : [...tabs, { key: 0, text: `${letter(tabs.length)} · ${mine}%`, title: "A new draft", isChosen: true }];
}

function tabOf(plan: Plan, share: string | null, model: PlanModel, { server }: State): Tab {
  const percent = share ?? formatShare(plan.reached / (freeFilters(model) || 1));
  const child = plan.child_id === null ? undefined : server.nodes[plan.child_id];
  const made = plan.state === "applied" ? ` → ${child ? child.number : "node"}` : "";
  const title = plan.state === "applied" ? `Applied: it made node ${child?.number ?? ""}` : plan.note || `Draft ${plan.name}`;
  return { key: plan.id, text: `${plan.name} · ${percent}%${made}`, title, isChosen: share !== null };
}

const letter = (index: number): string => String.fromCharCode(65 + (index % 26));

function previewOf(state: State, { result, model }: PlanInput): PlanData["preview"] {
  const [plan, node, experiment] = [currentPlan(state), chosenNode(state), chosenExperiment(state)];
  const preview = plan?.preview ?? null;
  const label = preview && experiment?.classes[preview.worst.label];
  const points = preview ? 100 * (preview.worst.accuracy_after - preview.worst.accuracy_before) : 0;
  return {
    preview,
    staleFor: preview && isStale(state, plan) ? formatPercent(preview.removed_filters / (freeFilters(model) || 1)) : null,
    now: node?.accuracy ?? null,
    recovered: node && experiment ? recoveredFrom(node, experiment) : null,
    worst: preview ? `worst: ${label ?? preview.worst.label} ${points.toFixed(1).replace("-", "−")} pt` : "",
    hint: result.reached
      ? "Preview measures the accuracy of the cut network without training."
      : "Exact filters, parameters, MACs and bytes stand here as soon as a filter is in the plan. Preview measures accuracy without training.",
  };
}

/** The accuracy from which a child counts as recovered, in whole images. */
export function recoveredFrom(node: Node, experiment: Experiment): number | null {
  if (node.correct === null) return null;
  return (node.correct - Math.floor(experiment.tolerance * node.images + 1e-9)) / node.images;
}

const handmadeOf = memo((rule: Rule, ranking: Ranking | null, model: PlanModel): Handmade[] => {
  const filters = (["kept", "removed"] as const).flatMap((kind) =>
    Object.entries(rule[kind]).flatMap(([layer, numbers]) =>
      numbers.map((number) => ({ key: `${kind} ${layer} ${number}`, kind, layer, number, text: textOf(kind, layer, number) })),
    ),
  );
  const locked = rule.locked.map((layer) => ({ key: `locked ${layer}`, kind: "locked" as const, layer, number: null, text: "locked" }));
  return [...filters, ...locked];
  function textOf(kind: string, layer: string, number: number): string {
    const u = model.structure.unitAt[model.structure.layerOf.get(layer) ?? -1]?.get(number);
    return u === undefined || !ranking ? kind : `${kind}, ${formatValue(ranking.score[u])}`;
  }
});

export function trainingOf(state: State): Training | null {
  const experiment = chosenExperiment(state);
  return experiment && withChoice(experiment.training, state.draft.training[experiment.id] ?? null);
}

function withChoice(training: Training, choice: TrainingChoice | null): Training {
  const set = Object.entries(choice ?? {}).filter(([, value]) => value !== null);
  return { ...training, ...(Object.fromEntries(set) as Partial<Training>) };
}

const SCHEDULES: Record<Training["schedule"], string> = { cosine: "cosine", one_cycle: "one-cycle" };

function trainingText(training: Training | null, experiment: Experiment | null): string {
  if (!training || !experiment) return "Training";
  const tolerance = `tolerance ${(100 * experiment.tolerance).toFixed(1)} pt`;
  const epochs = `${training.early_stop ? "≤ " : ""}${training.epochs} epochs`;
  return `SGD ${training.learning_rate} ${SCHEDULES[training.schedule]} · ${epochs} · ${tolerance}`;
}

/** The preview was measured for another state of the plan. */
function isStale(state: State, plan: Plan | null): boolean {
  return !!plan?.preview && (!isSaved(state) || plan.preview.revision !== plan.revision);
}

function previewButton(state: State, { result }: PlanInput): ButtonData {
  const plan = currentPlan(state);
  const job = activeJob(state, "preview", plan);
  const seconds = plansOf(state, state.choice.node ?? 0).flatMap((one) => one.preview?.seconds ?? [])[0];
  const reason = whyNot(state, result);
  return {
    isEnabled: reason === null && !job,
    isPrimary: reason === null && isStale(state, plan),
    cost: job ? `${Math.round(100 * job.progress)}%` : seconds === undefined ? "" : `about ${formatDuration(seconds)}`,
    title: reason ?? "Measure the accuracy of the cut network without training (P)",
  };
}

function applyButton(state: State, { result }: PlanInput): ButtonData {
  const plan = currentPlan(state);
  const reason = whyNot(state, result);
  const made = plan?.child_id ? state.server.nodes[plan.child_id] : undefined;
  if (plan?.state === "applied") {
    return { isEnabled: false, isPrimary: false, cost: `made node ${made?.number ?? ""}`, title: "This plan is applied and closed." };
  }
  const next = Math.max(-1, ...treeNodes(state).map((node) => node.number)) + 1;
  const seconds = trainingSeconds(state);
  const time = seconds === null ? "" : `, about ${formatDuration(seconds)}`;
  return {
    isEnabled: reason === null,
    isPrimary: !isStale(state, plan),
    cost: `makes node ${formatCount(next)}${time}`,
    title: reason ?? `Cut and fine-tune: makes node ${next} (Ctrl Enter)`,
  };
}

function whyNot(state: State, { reached }: PlanResult): string | null {
  const node = chosenNode(state);
  if (node?.state !== "ready") return "The node is not ready yet.";
  if (isClosed(currentPlan(state))) return "This plan is applied and closed. Make a new draft to change it.";
  if (state.draft.wish?.isPending && state.draft.wish.kind !== "save") return "On its way.";
  return reached ? null : "Nothing is in the plan yet.";
}

function activeJob(state: State, kind: Job["kind"], plan: Plan | null): Job | null {
  const jobs = Object.values(state.server.jobs);
  return (plan && jobs.find((job) => job.kind === kind && job.plan_id === plan.id && isActive(job))) ?? null;
}

/** From the epochs that are known: this node's, else any node's. Null where none was trained yet. */
export function trainingSeconds(state: State): number | null {
  const training = trainingOf(state);
  const own = epochSeconds(state.server.epochs[state.choice.node ?? 0] ?? []);
  const all = own.length ? own : Object.values(state.server.epochs).flatMap(epochSeconds);
  if (!training || !all.length) return null;
  const middle = [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)]!;
  return middle * training.epochs;
}

const epochSeconds = (epochs: readonly Epoch[]): number[] => epochs.filter((one) => one.epoch > 0).map((one) => one.seconds);
