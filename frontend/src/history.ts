/**
 * Updates the address bar. A new choice adds a history entry; defaults, corrections and drags replace the latest entry.
 */
import { readChoice, writeChoice } from "./state/url/url";
import { readViewport, appendViewport } from "./state/url/viewport";
import type { Choice } from "./state/choice";
import type { Viewport, State } from "./state/state";

export const initialChoice = (): Choice => readChoice(location.search);
export const initialViewport = (): Viewport => readViewport(location.search);

let choiceInUrl: Choice | null = null;

/**
 * Milliseconds without changes after which the URL is updated, because browsers reject an update in every frame of a
 * drag or scroll.
 */
const URL_UPDATE_DELAY_MS = 250;
let viewportInUrl: string | null = null;
let urlUpdateTimer: ReturnType<typeof setTimeout> | undefined;

/** Fields of the choice whose changes the back button undoes. */
const CHOICE_FIELDS_IN_HISTORY = [
  "experiment",
  "node",
  "panel",
  "cell",
  "changes",
  "sample",
  "against",
  "label",
  "pickedSamples",
] as const;

export function syncUrl(state: State): void {
  syncChoice(state);
  const viewport = appendViewport("", state.screen);
  if (viewport === viewportInUrl) return;
  if (viewportInUrl !== null) scheduleUrlUpdate(state);
  viewportInUrl = viewport;
}

function scheduleUrlUpdate({ choice, screen }: State): void {
  clearTimeout(urlUpdateTimer);
  urlUpdateTimer = setTimeout(
    () => replaceQueryString(appendViewport(writeChoice(choiceInUrl ?? choice), screen)),
    URL_UPDATE_DELAY_MS,
  );
}

function replaceQueryString(search: string): void {
  if (search !== location.search) history.replaceState(null, "", `${location.pathname}${search}`);
}

function syncChoice(state: State): void {
  const { choice, screen } = state;
  if (choice === choiceInUrl) return;
  const needsHistoryEntry =
    choiceInUrl !== null &&
    isValidChoice(state, choiceInUrl) &&
    CHOICE_FIELDS_IN_HISTORY.some((name) => choiceInUrl?.[name] !== choice[name]);
  const isBrushDrag = choiceInUrl !== null && hasOnlyBrushChanged(choiceInUrl, choice);
  choiceInUrl = choice;
  if (isBrushDrag) {
    scheduleUrlUpdate(state);
    return;
  }
  const search = appendViewport(writeChoice(choice), screen);
  if (needsHistoryEntry && search !== location.search) history.pushState(null, "", `${location.pathname}${search}`);
  else replaceQueryString(search);
}

/** Whether only the brush has changed, as it does in every frame of a drag. */
const hasOnlyBrushChanged = (before: Choice, after: Choice): boolean =>
  before.brush !== after.brush &&
  (Object.keys(after) as (keyof Choice)[]).every((name) => name === "brush" || before[name] === after[name]);

/** Whether the chosen experiment and node exist. If not, the next choice replaces this history entry. */
function isValidChoice({ server }: State, { experiment, node }: Choice): boolean {
  return experiment !== null && node !== null && experiment in server.experiments && node in server.nodes;
}
