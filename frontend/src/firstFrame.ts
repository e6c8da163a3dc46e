/** Draws first when the first answers are there: drawing empty panels before would hold up those very answers. */
import type { Schedule } from "./state/store";

const MAX_WAIT_MS = 400;
const RETRY_MS = 8;

/**
 * Frames as the browser gives them, from the moment on when `isReady`, or when a person has waited long enough.
 * `onFirst` runs once the first picture is on the screen.
 */
export function afterFirstResponses(isReady: () => boolean, onFirst: () => void): Schedule {
  const latest = performance.now() + MAX_WAIT_MS;
  let isOpen = false;
  const open = (draw: () => void): void => {
    isOpen = true;
    requestAnimationFrame(() => {
      draw();
      setTimeout(onFirst);
    });
  };
  const tryDraw = (draw: () => void): void => {
    if (isOpen) requestAnimationFrame(draw);
    else if (isReady() || performance.now() > latest) open(draw);
    else setTimeout(() => tryDraw(draw), RETRY_MS);
  };
  return tryDraw;
}
