/** Drafting, previewing and applying plans. */
import type { Context } from "./context";

export function createPlanActions(_context: Context) {
  return {
    undo: () => undefined,
    redo: () => undefined,
  };
}
