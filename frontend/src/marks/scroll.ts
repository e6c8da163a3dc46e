/** Stores the scroll positions of elements, because reading one from the browser during a draw would force a layout. */

const scrollTops = new WeakMap<Element, number>();
/** Position to which `scrollAfterDraw` last scrolled each element. */
const programmaticScrollTops = new WeakMap<Element, number>();

/** Last known scroll position of an element, in pixels; initially 0. */
export const getScrollTop = (node: Element): number => scrollTops.get(node) ?? 0;

/** Records a scroll position; must be called whenever the element is scrolled. */
export function recordScroll(node: Element): void {
  scrollTops.set(node, node.scrollTop);
}

/**
 * Scrolls the element after the draw functions have updated the page, but before the browser paints. `getScrollTop`
 * returns the new position immediately.
 */
export function scrollAfterDraw(node: Element, top: number): void {
  scrollTops.set(node, top);
  queueMicrotask(() => {
    node.scrollTop = top;
    scrollTops.set(node, node.scrollTop); // limited by the content's height
    programmaticScrollTops.set(node, node.scrollTop);
  });
}

/** Whether the user has scrolled the element away from the position set by `scrollAfterDraw`. */
export const hasUserScrolled = (node: Element): boolean =>
  Math.abs(getScrollTop(node) - (programmaticScrollTops.get(node) ?? 0)) > 1;

/**
 * When an element is first drawn, scrolls it to the position from a link, which `start` returns (null if there is
 * none). Reports every later scroll position. Positions are in pixels.
 */
export function trackScroll(node: HTMLElement, start: () => number | null, onScroll: (top: number) => void): void {
  const initialTop = node.dataset.opened === undefined ? start() : null; // called once, so that scrolling causes no redraw
  if (initialTop !== null) scrollAfterDraw(node, initialTop);
  node.dataset.opened = "";
  node.onscroll = () => {
    recordScroll(node);
    onScroll(Math.round(getScrollTop(node)));
  };
}
