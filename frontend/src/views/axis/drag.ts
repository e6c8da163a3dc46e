/** Lets the user drag the background of the tree, which pans horizontally by whole nodes and scrolls vertically. */
import { columnX, type NodeAxis } from "./nodeAxis";

interface DragStart {
  readonly x: number;
  readonly y: number;
  readonly first: number;
  readonly top: number;
}

/**
 * The start of each drag in progress, by element. It is stored outside the drawing so that a redraw does not end the
 * drag.
 */
const dragStarts = new WeakMap<HTMLElement, DragStart>();

export function listenToDrag(element: HTMLElement, axis: NodeAxis, onPan: (first: number) => void): void {
  element.onpointerdown = (event) => {
    const isBackground = event.target instanceof Element && !event.target.closest(".node, .estimate, button");
    if (!isBackground || event.button !== 0) return;
    dragStarts.set(element, { x: event.clientX, y: event.clientY, first: axis.first, top: element.scrollTop });
    element.setPointerCapture(event.pointerId);
  };
  element.onpointermove = (event) => {
    const start = dragStarts.get(element);
    if (!start) return;
    element.scrollTop = start.top - (event.clientY - start.y);
    const first = firstNodeNumberAfterPan(axis, start.first, event.clientX - start.x);
    if (first !== axis.first) onPan(first);
  };
  element.onpointerup = element.onpointercancel = () => {
    dragStarts.delete(element);
  };
}

/** Returns the number of the first visible node after a drag that began at `first` and moved `pixels` to the right. */
export function firstNodeNumberAfterPan(axis: NodeAxis, first: number, pixels: number): number {
  const step = columnX(axis, 1) - columnX(axis, 0);
  return Math.max(0, Math.min(axis.maxFirstNumber, first - Math.round(pixels / step)));
}
