/** How the tree is looked at ↔ query string. */
import { MOST_MARKED, ZOOMS } from "../selectors/tree";
import { METRICS, noLook, TREE_VIEWS, type TreeLook } from "../choice";

type Put = (name: string, value: string | number | null, usual?: string | null) => void;

export function writeTree({ view, marked, folded, estimate, x, y, zoom }: TreeLook, put: Put): void {
  put("view", view, noLook.view);
  put("compare", marked.length ? marked.join("-") : null);
  put("folded", folded.length ? folded.join("-") : null);
  put("estimate", estimate);
  put("x", x, noLook.x);
  put("y", y, noLook.y);
  put("zoom", zoom === noLook.zoom ? null : zoom);
}

export function readTree(params: URLSearchParams): TreeLook {
  const word = <T extends string>(name: string, words: readonly T[]): T | undefined =>
    words.find((one) => one === params.get(name));
  return {
    view: word("view", TREE_VIEWS) ?? noLook.view,
    marked: readIds(params.get("compare")).slice(0, MOST_MARKED),
    folded: readIds(params.get("folded")),
    estimate: readIds(params.get("estimate"))[0] ?? null,
    x: word("x", METRICS) ?? noLook.x,
    y: word("y", METRICS) ?? noLook.y,
    zoom: ZOOMS.find((one) => String(one) === params.get("zoom")) ?? noLook.zoom,
  };
}

/** Each once; anything else is dropped. */
function readIds(text: string | null): readonly number[] {
  if (text === null || !/^\d{1,15}(-\d{1,15})*$/.test(text)) return [];
  return [...new Set(text.split("-").map(Number))];
}
