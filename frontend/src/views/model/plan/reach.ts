/** How far a rule came where limits, hands or locks keep it from what it asks for. */
import { formatPlural, formatShare, formatShort } from "../../../marks/format";
import type { PlanResult, Rule } from "../../../planning/rules";

/** Less than that short, of all free filters, is rounding: coupled filters go together or stay. */
const NOTICEABLE = 0.005;

/** "25.0 of 50 %: at most 30 % a layer." Null where the rule got what it asks for. */
export function reachText(
  rule: Rule,
  { reached, budget, cost }: Pick<PlanResult, "reached" | "budget" | "cost">,
  free: number,
): string | null {
  if (rule.rule === "percent" && budget !== null && free > 0 && (budget - reached) / free >= NOTICEABLE) {
    return `${formatShare(reached / free)} of ${plain(rule.percent)} %: ${reasons(rule)}.`;
  }
  if (rule.rule === "target" && cost[rule.metric] > rule.value) {
    const metric = rule.metric === "macs" ? "MACs" : "parameters";
    return `${formatShort(cost[rule.metric])} ${metric} remain, not ${formatShort(rule.value)}: ${reasons(rule)}.`;
  }
  return null;
}

/** All that may hold a rule back; the last always does. */
function reasons({ max_layer_share, locked, kept, round_to }: Rule): string {
  const byHand = Object.values(kept).reduce((sum, numbers) => sum + numbers.length, 0);
  const found = [
    max_layer_share < 1 ? `at most ${plain(100 * max_layer_share)} % a layer` : "",
    locked.length ? `${formatPlural(locked.length, "layer")} locked` : "",
    byHand ? `${formatPlural(byHand, "filter")} kept by hand` : "",
    round_to > 1 ? `widths of ${round_to}` : "",
  ].filter(Boolean);
  return found.length ? found.join(", ") : "every layer keeps a filter, coupled ones go together";
}

const plain = (value: number): string => String(Number(value.toFixed(2)));
