/** Scroll positions of elements, without reading them from the browser: that would force a layout in mid-draw. */

const scrollTops = new WeakMap<Element, number>();
/** Where `scrollAfterDraw` last scrolled an element to. */
const programmaticTops = new WeakMap<Element, number>();

/** Last known scroll position, pixels; initially 0. */
export const scrollTopOf = (node: Element): number => scrollTops.get(node) ?? 0;

/** Call it on every scroll of the element. */
export function recordScroll(node: Element): void {
  scrollTops.set(node, node.scrollTop);
}

/** Applies to `scrollTopOf` at once; the element itself scrolls after the frame is drawn, before it is painted. */
export function scrollAfterDraw(node: Element, top: number): void {
  scrollTops.set(node, top);
  queueMicrotask(() => {
    node.scrollTop = top;
    scrollTops.set(node, node.scrollTop); // limited by the content's height
    programmaticTops.set(node, node.scrollTop);
  });
}

/** Whether a person scrolled it away from where `scrollAfterDraw` put it. */
export const isScrolledAway = (node: Element): boolean =>
  Math.abs(scrollTopOf(node) - (programmaticTops.get(node) ?? 0)) > 1;

/** Scrolls an element with content once to `start` (from a link), then reports its scroll position. Pixels. */
export function trackScroll(node: HTMLElement, start: () => number | null, onScroll: (top: number) => void): void {
  const initial = node.dataset.opened === undefined ? start() : null; // called once, so that scrolling causes no redraw
  if (initial !== null) scrollAfterDraw(node, initial);
  node.dataset.opened = "";
  node.onscroll = () => {
    recordScroll(node);
    onScroll(Math.round(scrollTopOf(node)));
  };
}
