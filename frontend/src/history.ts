/** The address bar: a new pick adds to the history; filling in, correcting or dragging replaces. */
import { readChoice, writeChoice } from "./state/url";
import type { Choice } from "./state/choice";
import type { State } from "./state/state";

export const startChoice = (): Choice => readChoice(location.search);

let written: Choice | null = null;

/** Picks that a person goes back over. */
const PICKS = ["experiment", "node", "panel", "cell", "changes", "sample", "against", "label", "picked"] as const;

export function keepUrl(state: State): void {
  const { choice } = state;
  if (choice === written) return;
  const isPick = written !== null && isKnown(state, written) && PICKS.some((name) => written?.[name] !== choice[name]);
  written = choice;
  const search = writeChoice(choice);
  if (search === location.search) return;
  const url = `${location.pathname}${search}`;
  if (isPick) history.pushState(null, "", url);
  else history.replaceState(null, "", url);
}

/** Going back to a choice that had to be corrected would correct it again, for ever. */
function isKnown({ server }: State, { experiment, node }: Choice): boolean {
  return experiment !== null && node !== null && experiment in server.experiments && node in server.nodes;
}
