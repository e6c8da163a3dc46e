/** The names that the page uses for the scopes in which a rule ranks filters against each other. */
import type { Scope } from "../../planning/orders";

/**
 * Beginning of the name of a rank value, by scope. The title of the criterion follows it, as in "rank in its group by
 * sensitivity".
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
