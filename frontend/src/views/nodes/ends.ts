/** How a node ended, in a word. */
import type { Node } from "../../api/values";

/** The word that stands with dashes, signs and colour. */
export function describeEnd({ state, recovered }: Node): string {
  if (state === "failed" || state === "cancelled" || state === "waiting") return state;
  return recovered === false && state === "ready" ? "not recovered" : "";
}

/** Where the whole word finds no room. */
export const SHORT_END: Readonly<Record<string, string>> = { "not recovered": "not rec." };
