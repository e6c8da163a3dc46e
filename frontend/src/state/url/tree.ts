/** Tree display ↔ query parameters. */
import { MAX_MARKED, ZOOM_STEPS } from "../selectors/tree";
import { METRICS, defaultTreeDisplay, TREE_VIEWS, type TreeDisplay } from "../choice";

type Put = (name: string, value: string | number | null, usual?: string | null) => void;

export function writeTree({ view, marked, folded, estimate, x, y, zoom }: TreeDisplay, put: Put): void {
  put("view", view, defaultTreeDisplay.view);
  put("compare", marked.length ? marked.join("-") : null);
  put("folded", folded.length ? folded.join("-") : null);
  put("estimate", estimate);
  put("x", x, defaultTreeDisplay.x);
  put("y", y, defaultTreeDisplay.y);
  put("zoom", zoom === defaultTreeDisplay.zoom ? null : zoom);
}

export function readTree(params: URLSearchParams): TreeDisplay {
  const word = <T extends string>(name: string, words: readonly T[]): T | undefined =>
    words.find((one) => one === params.get(name));
  return {
    view: word("view", TREE_VIEWS) ?? defaultTreeDisplay.view,
    marked: readIds(params.get("compare")).slice(0, MAX_MARKED),
    folded: readIds(params.get("folded")),
    estimate: readIds(params.get("estimate"))[0] ?? null,
    x: word("x", METRICS) ?? defaultTreeDisplay.x,
    y: word("y", METRICS) ?? defaultTreeDisplay.y,
    zoom: ZOOM_STEPS.find((one) => String(one) === params.get("zoom")) ?? defaultTreeDisplay.zoom,
  };
}

/** Unique ids; malformed text yields none. */
function readIds(text: string | null): readonly number[] {
  if (text === null || !/^\d{1,15}(-\d{1,15})*$/.test(text)) return [];
  return [...new Set(text.split("-").map(Number))];
}
