/** Dragging the ground of the tree: sideways by whole nodes, up and down by scrolling. Buttons and keys do the same. */
import { toColumn, type NodeAxis } from "./nodeAxis";

interface Start {
  readonly x: number;
  readonly y: number;
  readonly first: number;
  readonly top: number;
}

/** Gestures under way: a drawing in their middle must not end them. */
const starts = new WeakMap<HTMLElement, Start>();

export function listenToDrag(element: HTMLElement, axis: NodeAxis, onPan: (first: number) => void): void {
  element.onpointerdown = (event) => {
    const isGround = event.target instanceof Element && !event.target.closest(".node, .estimate, button");
    if (!isGround || event.button !== 0) return;
    starts.set(element, { x: event.clientX, y: event.clientY, first: axis.first, top: element.scrollTop });
    element.setPointerCapture(event.pointerId);
  };
  element.onpointermove = (event) => {
    const start = starts.get(element);
    if (!start) return;
    element.scrollTop = start.top - (event.clientY - start.y);
    const first = panBy(axis, start.first, event.clientX - start.x);
    if (first !== axis.first) onPan(first);
  };
  element.onpointerup = element.onpointercancel = () => {
    starts.delete(element);
  };
}

/** The first node after the ground was moved so many pixels to the right. */
export function panBy(axis: NodeAxis, first: number, pixels: number): number {
  const step = toColumn(axis, 1) - toColumn(axis, 0);
  return Math.max(0, Math.min(axis.furthest, first - Math.round(pixels / step)));
}
