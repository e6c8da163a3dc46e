/**
 * Form fields for how a rule ranks filters: the criterion, the price (what removing a filter saves) by which scores are
 * divided, and the scope (which filters are compared with each other).
 */
import type { CriterionInfo } from "../../../api/values";
import type { Box } from "../../../marks/elements";
import {
  type Order,
  type Price,
  type PriceMetric,
  type Scope,
  parseCriterionAndPrice,
  appendPrice,
} from "../../../planning/orders";
import { usableCriteria } from "../../../state/selectors/criteria";
import { criterionTitle, PRICE_METRIC_NAMES } from "../../../state/selectors/select";
import { drawSelect, drawField, drawHelpText, readNumber, readText } from "../../dialogs/fields";
import { SCOPE_CHOICES } from "../scopes";

/** Exponent that the form proposes when a price is first chosen; scores are divided by the price raised to it. */
const DEFAULT_PRICE_EXPONENT = 0.5;
const NO_PRICE = "none";
const SAME_RANKING = "";

const PRICE_CHOICES = [
  { value: NO_PRICE, text: "nothing" },
  ...Object.entries(PRICE_METRIC_NAMES).map(([value, text]) => ({ value, text })),
];

export function drawRankingFields(
  form: Box,
  { criteria, criterion, isHidden }: { criteria: readonly CriterionInfo[]; criterion: string; isHidden: boolean },
  redraw: () => void,
): void {
  const names = usableCriteria(criteria).map(({ name }) => name);
  const base = parseCriterionAndPrice(criterion).criterion;
  const choices = (names.includes(base) ? names : [base, ...names]).map((value) => ({
    value,
    text: criterionTitle(criteria, value),
  }));
  drawSelect(form, { name: "criterion", label: "Rank filters by", choices, isHidden }, redraw);
  drawPriceFields(form, isHidden, redraw);
  drawSelect(
    form,
    { name: "scope", label: "Compare each filter with the filters of", choices: SCOPE_CHOICES, isHidden },
    redraw,
  );
  const withinLayerChoices = usableCriteria(criteria).map(({ name, keep }) => ({
    value: name,
    text: `${keep === "low" ? "highest" : "lowest"} ${criterionTitle(criteria, name)} first`,
  }));
  drawSelect(
    form,
    {
      name: "within",
      label: "Within a layer, remove",
      choices: [{ value: SAME_RANKING, text: "filters in the order of the ranking above" }, ...withinLayerChoices],
      isHidden,
    },
    redraw,
  );
}

export function drawPriceFields(form: Box, isHidden: boolean, redraw: () => void): void {
  drawSelect(
    form,
    { name: "price", label: "Divide each score by the filter’s price in", choices: PRICE_CHOICES, isHidden },
    redraw,
  );
  const hasPrice = readText(form, "price") !== NO_PRICE;
  drawField(form, {
    name: "exponent",
    label: "Exponent of the price, 0 to 1",
    type: "number",
    min: 0,
    max: 1,
    step: "any",
    isHidden: isHidden || !hasPrice,
  });
  drawHelpText(
    form,
    "price",
    isHidden || !hasPrice
      ? ""
      : "A filter’s price is what its removal saves, relative to the mean over all filters that can be removed.",
  );
}

export function fillPriceFields(form: Box, price: Price | null): void {
  form.select("[name=price]").property("value", price?.metric ?? NO_PRICE);
  form.select("[name=exponent]").property("value", price?.exponent ?? DEFAULT_PRICE_EXPONENT);
}

/**
 * Reads the price by which scores are divided. An exponent outside 0–1 is replaced by the nearest valid value, and an
 * empty field by the proposed exponent.
 */
export function readPrice(form: Box): Price | null {
  const metric = readText(form, "price");
  if (metric === NO_PRICE) return null;
  const exponent = Math.min(1, Math.max(0, readNumber(form, "exponent") ?? DEFAULT_PRICE_EXPONENT));
  return { metric: metric as PriceMetric, exponent };
}

export function fillRankingFields(form: Box, { criterion, scope, within }: Order): void {
  const { criterion: base, price } = parseCriterionAndPrice(criterion);
  form.select("[name=criterion]").property("value", base);
  form.select("[name=scope]").property("value", scope);
  form.select("[name=within]").property("value", within ?? SAME_RANKING);
  fillPriceFields(form, price);
}

export const readRankingOrder = (form: Box): Order => ({
  criterion: appendPrice(readText(form, "criterion"), readPrice(form)),
  scope: readText(form, "scope") as Scope,
  within: readText(form, "within") || null,
});
