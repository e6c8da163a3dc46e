/**
 * Converts between a rule and the fields of the rule dialog. If a field is empty or invalid, the rule keeps its
 * previous value.
 */
import type { Cost, CriterionInfo } from "../../../api/values";
import { type Box } from "../../../marks/elements";
import type { Order } from "../../../planning/orders";
import { commonFields, type Rule } from "../../../planning/rules";
import { fillRankingFields, readRankingOrder } from "./orderFields";

export interface RuleFormData {
  readonly rule: Rule;
  /** How filters are ranked (criterion, price and scope) when the form opens. */
  readonly order: Order;
  readonly criteria: readonly CriterionInfo[];
  readonly layers: readonly { readonly name: string; readonly freeFilterCount: number }[];
  readonly cost: Cost;
  /** Describes in a sentence what a rule would remove. */
  describe(rule: Rule): string;
}

type Metric = Extract<Rule, { rule: "target" }>["metric"];

export function fillRuleForm(form: Box, { rule, order, layers, cost }: RuleFormData): void {
  setFieldValue(form, "kind", rule.rule);
  setFieldValue(form, "percent", rule.rule === "percent" ? rule.percent : 50);
  setFieldValue(form, "threshold", rule.rule === "threshold" ? rule.value : "");
  setFieldValue(form, "metric", rule.rule === "target" ? rule.metric : "macs");
  setFieldValue(
    form,
    "target",
    rule.rule === "target" ? roundPercent((100 * rule.value) / (cost[rule.metric] || 1)) : 50,
  );
  for (const { name } of layers)
    setFieldValue(
      form,
      shareFieldName(name),
      rule.rule === "layers" ? roundPercent(100 * (rule.shares[name] ?? 0)) : 0,
    );
  fillRankingFields(form, order);
  setFieldValue(form, "floor", roundPercent(100 * rule.floor));
  setFieldValue(form, "max_class_loss", rule.max_class_loss === null ? "" : roundPercent(100 * rule.max_class_loss));
}

export function readForm(form: Box, data: RuleFormData): Rule {
  const common = { ...commonFields(data.rule), ...readLimits(form, data.rule) };
  const { rule, cost } = data;
  const order = readRankingOrder(form);
  switch (field(form, "kind").value) {
    case "percent":
      return { ...common, rule: "percent", percent: clampPercent(readNumber(form, "percent", 0)), ...order };
    case "threshold":
      return { ...common, rule: "threshold", value: readNumber(form, "threshold", 0), ...order };
    case "layers":
      return { ...common, rule: "layers", shares: readLayerShares(form, data), ...order };
    case "target": {
      const metric = field(form, "metric").value as Metric;
      return {
        ...common,
        rule: "target",
        metric,
        value: Math.round((clampPercent(readNumber(form, "target", 100)) / 100) * cost[metric]),
        ...order,
      };
    }
    default:
      return { ...rule, ...common };
  }
}

function readLimits(form: Box, rule: Rule): Pick<Rule, "floor" | "max_class_loss"> {
  const hasNoLossLimit = field(form, "max_class_loss").value.trim() === "";
  const points = readNumber(form, "max_class_loss", 100 * (rule.max_class_loss ?? 1));
  return {
    floor: clampPercent(readNumber(form, "floor", 100 * rule.floor)) / 100,
    max_class_loss: hasNoLossLimit ? null : clampPercent(points) / 100,
  };
}

/** Reads, for each layer, the share of its free filters that the rule removes, 0–1. Omits layers with a share of 0. */
function readLayerShares(form: Box, { layers }: RuleFormData): Record<string, number> {
  const shares = layers.map(
    ({ name }) => [name, clampPercent(readNumber(form, shareFieldName(name), 0)) / 100] as const,
  );
  return Object.fromEntries(shares.filter(([, share]) => share > 0));
}

/**
 * Returns the name of the form field for a layer's share. The prefix makes it different from the names of all other
 * fields.
 */
export const shareFieldName = (layer: string): string => `layer ${layer}`;

function field(form: Box, name: string): HTMLInputElement | HTMLSelectElement {
  const fields = form.node()!.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select");
  return [...fields].find((field) => field.name === name)!;
}

function setFieldValue(form: Box, name: string, value: string | number): void {
  field(form, name).value = String(value);
}

function readNumber(form: Box, name: string, fallback: number): number {
  const text = field(form, name).value.trim();
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : fallback;
}

const clampPercent = (percent: number): number => Math.min(100, Math.max(0, percent));
const roundPercent = (percent: number): number => Number(percent.toFixed(2));
