/** Names for the scope of a rule: the set of filters within which it ranks each filter. */
import type { Scope } from "../../planning/orders";

/**
 * The words that precede the criterion in the name of the value that a rule ranks by, as in "rank in its group by
 * sensitivity"; by scope.
 */
export const SCOPE_PREFIXES: Readonly<Record<Scope, string>> = {
  network: "",
  group: "rank in its group by ",
  alike: "rank among similar layers by ",
};

/** The options of the form field for the scope. */
export const SCOPE_CHOICES: readonly { readonly value: Scope; readonly text: string }[] = [
  { value: "network", text: "all layers" },
  { value: "group", text: "its group of coupled layers" },
  { value: "alike", text: "layers of the same kind, kernel, stride and width" },
];
