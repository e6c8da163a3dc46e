/** Converts between query parameters and the display of the tree. */
import { MAX_MARKED_NODES, ZOOM_LEVELS } from "../selectors/tree";
import { METRICS, defaultTreeDisplay, TREE_VIEWS, type TreeDisplay } from "../choice";

type WriteParameter = (name: string, value: string | number | null, defaultValue?: string | null) => void;

export function writeTreeDisplay(
  { view, markedIds, foldedIds, estimate, x, y, zoom }: TreeDisplay,
  write: WriteParameter,
): void {
  write("view", view, defaultTreeDisplay.view);
  write("compare", markedIds.length ? markedIds.join("-") : null);
  write("folded", foldedIds.length ? foldedIds.join("-") : null);
  write("estimate", estimate);
  write("x", x, defaultTreeDisplay.x);
  write("y", y, defaultTreeDisplay.y);
  write("zoom", zoom === defaultTreeDisplay.zoom ? null : zoom);
}

export function readTreeDisplay(params: URLSearchParams): TreeDisplay {
  const word = <T extends string>(name: string, words: readonly T[]): T | undefined =>
    words.find((candidate) => candidate === params.get(name));
  return {
    view: word("view", TREE_VIEWS) ?? defaultTreeDisplay.view,
    markedIds: readIds(params.get("compare")).slice(0, MAX_MARKED_NODES),
    foldedIds: readIds(params.get("folded")),
    estimate: readIds(params.get("estimate"))[0] ?? null,
    x: word("x", METRICS) ?? defaultTreeDisplay.x,
    y: word("y", METRICS) ?? defaultTreeDisplay.y,
    zoom: ZOOM_LEVELS.find((step) => String(step) === params.get("zoom")) ?? defaultTreeDisplay.zoom,
  };
}

/** Reads ids that are separated by hyphens, and removes duplicates. Malformed text results in an empty list. */
function readIds(text: string | null): readonly number[] {
  if (text === null || !/^\d{1,15}(-\d{1,15})*$/.test(text)) return [];
  return [...new Set(text.split("-").map(Number))];
}
