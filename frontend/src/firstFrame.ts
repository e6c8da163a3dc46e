/**
 * Delays the first draw until the first responses have arrived, because drawing empty panels first would delay handling
 * them.
 */
import type { Schedule } from "./state/store";

const MAX_WAIT_MS = 400;
const RETRY_DELAY_MS = 8;

/**
 * Schedules draws on animation frames; the first waits until `hasFirstResponses` returns true, but not longer than
 * MAX_WAIT_MS. `onFirstDraw` runs once the first draw is on the screen.
 */
export function createFirstDrawSchedule(hasFirstResponses: () => boolean, onFirstDraw: () => void): Schedule {
  const deadline = performance.now() + MAX_WAIT_MS;
  let isFirstDrawScheduled = false;
  const drawFirstFrame = (draw: () => void): void => {
    isFirstDrawScheduled = true;
    requestAnimationFrame(() => {
      draw();
      setTimeout(onFirstDraw);
    });
  };
  const drawWhenReady = (draw: () => void): void => {
    if (isFirstDrawScheduled) requestAnimationFrame(draw);
    else if (hasFirstResponses() || performance.now() > deadline) drawFirstFrame(draw);
    else setTimeout(() => drawWhenReady(draw), RETRY_DELAY_MS);
  };
  return drawWhenReady;
}
