/** Names of the scopes in which a rule ranks filters. */
import type { Scope } from "../../planning/orders";

/** The beginning of a rank value's name in each scope; the title of the criterion follows it. */
export const SCOPE_PREFIXES: Readonly<Record<Scope, string>> = {
  network: "",
  group: "rank in its group by ",
  alike: "rank among similar layers by ",
};

/** The scopes, as choices in a form. */
export const SCOPE_CHOICES: readonly { readonly value: Scope; readonly text: string }[] = [
  { value: "network", text: "all layers" },
  { value: "group", text: "its group of coupled layers" },
  { value: "alike", text: "layers of the same kind, kernel, stride and width" },
];
