/** Names of the scopes in which a rule ranks filters. */
import type { Scope } from "../../planning/orders";

/** Begins the name of a rank value in each scope; the title of the criterion follows. */
export const SCOPE_PREFIXES: Readonly<Record<Scope, string>> = {
  network: "",
  group: "place in its group by ",
  alike: "place among alike layers by ",
};

/** The scopes, as choices of a form. */
export const SCOPE_CHOICES: readonly { readonly value: Scope; readonly text: string }[] = [
  { value: "network", text: "all layers" },
  { value: "group", text: "its group of coupled layers" },
  { value: "alike", text: "layers of the same kind, kernel, stride and width" },
];
