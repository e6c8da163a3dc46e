/**
 * Parses and formats criterion specs, the text that names a criterion in links, plans and requests:
 * `name:option=value,option=value/price^exponent`.
 */
import { type Price, parseCriterionAndPrice, appendPrice } from "../../planning/orders";
import type { CriterionInfo } from "../../api/values";
import type { State } from "../state";

export type OptionValue = number | string | boolean;
export type OptionValues = Readonly<Record<string, OptionValue>>;

export const criterionName = (spec: string): string => parseCriterionAndPrice(spec).criterion.split(":", 1)[0]!;

export const criterionInfo = ({ server }: State, spec: string): CriterionInfo | null =>
  server.criteria.find(({ name, error }) => error === null && name === criterionName(spec)) ?? null;

/** Criteria that can be used, the default first. */
export const usableCriteria = (criteria: readonly CriterionInfo[]): readonly CriterionInfo[] =>
  criteria.filter(({ error }) => error === null);

export const brokenCriteria = (criteria: readonly CriterionInfo[]): readonly CriterionInfo[] =>
  criteria.filter(({ error }) => error !== null);

/**
 * Returns the values of all options of a criterion; options that are missing from the spec have their default values.
 */
export function parseOptions({ options }: CriterionInfo, spec: string): OptionValues {
  const pairs = parseCriterionAndPrice(spec)
    .criterion.slice(criterionName(spec).length + 1)
    .split(",")
    .filter(Boolean)
    .map((pair) => pair.split("=", 2) as [string, string]);
  const textByOptionName = new Map(pairs);
  return Object.fromEntries(
    options.map((option) => {
      const text = textByOptionName.get(option.name);
      if (text === undefined) return [option.name, option.default];
      if (option.kind === "number") return [option.name, Number(text)];
      return [option.name, option.kind === "boolean" ? text === "true" : text];
    }),
  );
}

/**
 * Returns the canonical spec of a criterion: its name, those options that differ from their defaults (in the order of
 * their declaration), and the price by which scores are divided.
 */
export function formatCriterionSpec(
  { name, options }: CriterionInfo,
  values: OptionValues,
  price: Price | null = null,
): string {
  const changedOptions = options.filter((option) => values[option.name] !== option.default);
  const pairs = changedOptions.map((option) => `${option.name}=${String(values[option.name])}`);
  return appendPrice(pairs.length ? `${name}:${pairs.join(",")}` : name, price);
}
