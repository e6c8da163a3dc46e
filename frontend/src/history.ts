/** The address bar: a new pick adds to the history; filling in, correcting or dragging replaces. */
import { readChoice, writeChoice } from "./state/url/url";
import { readViewport, withViewport } from "./state/url/viewport";
import type { Choice } from "./state/choice";
import type { Viewport, State } from "./state/state";

export const initialChoice = (): Choice => readChoice(location.search);
export const initialViewport = (): Viewport => readViewport(location.search);

let writtenChoice: Choice | null = null;

/** Browsers refuse an address that changes with every frame of a zoom, a scroll or a brush: it waits until they are at rest. */
const IDLE_MS = 250;
let writtenViewport: string | null = null;
let idleTimer: ReturnType<typeof setTimeout> | undefined;

/** Picks that a person goes back over. */
const HISTORY_KEYS = [
  "experiment",
  "node",
  "panel",
  "cell",
  "changes",
  "sample",
  "against",
  "label",
  "picked",
] as const;

export function syncUrl(state: State): void {
  syncChoice(state);
  const sight = withViewport("", state.screen);
  if (sight === writtenViewport) return;
  if (writtenViewport !== null) replaceWhenIdle(state);
  writtenViewport = sight;
}

function replaceWhenIdle({ choice, screen }: State): void {
  clearTimeout(idleTimer);
  idleTimer = setTimeout(() => replaceSearch(withViewport(writeChoice(writtenChoice ?? choice), screen)), IDLE_MS);
}

function replaceSearch(search: string): void {
  if (search !== location.search) history.replaceState(null, "", `${location.pathname}${search}`);
}

function syncChoice(state: State): void {
  const { choice, screen } = state;
  if (choice === writtenChoice) return;
  const isPick =
    writtenChoice !== null &&
    isKnown(state, writtenChoice) &&
    HISTORY_KEYS.some((name) => writtenChoice?.[name] !== choice[name]);
  const isBrush = writtenChoice !== null && isBrushAlone(writtenChoice, choice);
  writtenChoice = choice;
  if (isBrush) {
    replaceWhenIdle(state);
    return;
  }
  const search = withViewport(writeChoice(choice), screen);
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
