/** The address bar: a new pick adds to the history; filling in, correcting or dragging replaces. */
import { readChoice, writeChoice } from "./state/url/url";
import { readSight, withSight } from "./state/url/sight";
import type { Choice } from "./state/choice";
import type { Sight, State } from "./state/state";

export const startChoice = (): Choice => readChoice(location.search);
export const startSight = (): Sight => readSight(location.search);

let written: Choice | null = null;

/** Browsers refuse an address that changes with every frame of a zoom, a scroll or a brush: it waits until they are at rest. */
const REST_MS = 250;
let seen: string | null = null;
let resting: ReturnType<typeof setTimeout> | undefined;

/** Picks that a person goes back over. */
const PICKS = ["experiment", "node", "panel", "cell", "changes", "sample", "against", "label", "picked"] as const;

export function keepUrl(state: State): void {
  keepChoice(state);
  const sight = withSight("", state.screen);
  if (sight === seen) return;
  if (seen !== null) replaceOnceAtRest(state);
  seen = sight;
}

function replaceOnceAtRest({ choice, screen }: State): void {
  clearTimeout(resting);
  resting = setTimeout(() => replaceSearch(withSight(writeChoice(written ?? choice), screen)), REST_MS);
}

function replaceSearch(search: string): void {
  if (search !== location.search) history.replaceState(null, "", `${location.pathname}${search}`);
}

function keepChoice(state: State): void {
  const { choice, screen } = state;
  if (choice === written) return;
  const isPick = written !== null && isKnown(state, written) && PICKS.some((name) => written?.[name] !== choice[name]);
  const isBrush = written !== null && isBrushAlone(written, choice);
  written = choice;
  if (isBrush) {
    replaceOnceAtRest(state);
    return;
  }
  const search = withSight(writeChoice(choice), screen);
  if (isPick && search !== location.search) history.pushState(null, "", `${location.pathname}${search}`);
  else replaceSearch(search);
}

/** A brush changes with every frame of its drag, as a zoom does. */
const isBrushAlone = (before: Choice, after: Choice): boolean =>
  before.brush !== after.brush &&
  (Object.keys(after) as (keyof Choice)[]).every((name) => name === "brush" || before[name] === after[name]);

/** Going back to a choice that had to be corrected would correct it again, for ever. */
function isKnown({ server }: State, { experiment, node }: Choice): boolean {
  return experiment !== null && node !== null && experiment in server.experiments && node in server.nodes;
}
