/**
 * Updates the address bar. A new choice adds a history entry; defaults, corrections and drags replace the latest entry.
 */
import { readChoice, writeChoice } from "./state/url/url";
import { readViewport, withViewport } from "./state/url/viewport";
import type { Choice } from "./state/choice";
import type { Viewport, State } from "./state/state";

export const initialChoice = (): Choice => readChoice(location.search);
export const initialViewport = (): Viewport => readViewport(location.search);

let writtenChoice: Choice | null = null;

/**
 * Time in milliseconds without changes after which the URL is updated. Browsers reject an update in every frame of a
 * zoom, scroll or brush.
 */
const IDLE_MS = 250;
let writtenViewport: string | null = null;
let idleTimer: ReturnType<typeof setTimeout> | undefined;

/** Fields of the choice whose changes the back button undoes. */
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
  const viewport = withViewport("", state.screen);
  if (viewport === writtenViewport) return;
  if (writtenViewport !== null) replaceWhenIdle(state);
  writtenViewport = viewport;
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
  const isNewChoice =
    writtenChoice !== null &&
    isValidChoice(state, writtenChoice) &&
    HISTORY_KEYS.some((name) => writtenChoice?.[name] !== choice[name]);
  const isBrushDrag = writtenChoice !== null && hasOnlyBrushChanged(writtenChoice, choice);
  writtenChoice = choice;
  if (isBrushDrag) {
    replaceWhenIdle(state);
    return;
  }
  const search = withViewport(writeChoice(choice), screen);
  if (isNewChoice && search !== location.search) history.pushState(null, "", `${location.pathname}${search}`);
  else replaceSearch(search);
}

/** Whether only the brush has changed, as it does in every frame of a drag. */
const hasOnlyBrushChanged = (before: Choice, after: Choice): boolean =>
  before.brush !== after.brush &&
  (Object.keys(after) as (keyof Choice)[]).every((name) => name === "brush" || before[name] === after[name]);

/** Whether the experiment and the node of a choice exist. If not, the next choice replaces its entry in the history. */
function isValidChoice({ server }: State, { experiment, node }: Choice): boolean {
  return experiment !== null && node !== null && experiment in server.experiments && node in server.nodes;
}
