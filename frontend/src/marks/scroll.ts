/** Where a scrolled box stands, without asking the browser: a question in mid-drawing would lay the page out once more. */

const tops = new WeakMap<Element, number>();
/** Where `scrollSoon` put a box last. */
const put = new WeakMap<Element, number>();

/** Pixels from the top, as last scrolled; a box begins at 0. */
export const scrollTopOf = (node: Element): number => tops.get(node) ?? 0;

/** To be called on every scroll of the box. */
export function recordScroll(node: Element): void {
  tops.set(node, node.scrollTop);
}

/** Counts at once; the box itself follows when all of the frame is drawn, and before it is painted. */
export function scrollAfterDraw(node: Element, top: number): void {
  tops.set(node, top);
  queueMicrotask(() => {
    node.scrollTop = top;
    tops.set(node, node.scrollTop); // a box stops at its end
    put.set(node, node.scrollTop);
  });
}

/** Whether a person moved it from where `scrollSoon` had put it. */
export const isScrolledAway = (node: Element): boolean => Math.abs(scrollTopOf(node) - (put.get(node) ?? 0)) > 1;

/** For a box whose content is there: opens it once where a link says, and tells where it is scrolled to. Pixels. */
export function trackScroll(node: HTMLElement, start: () => number | null, onScroll: (top: number) => void): void {
  const first = node.dataset.opened === undefined ? start() : null; // asked once, so that a scroll draws nothing again
  if (first !== null) scrollAfterDraw(node, first);
  node.dataset.opened = "";
  node.onscroll = () => {
    recordScroll(node);
    onScroll(Math.round(scrollTopOf(node)));
  };
}
