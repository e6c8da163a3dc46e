/** Checks what a link permits: a forbidden action notifies the visitor and sends no request. */
import { isReadOnly, mayExport } from "../selectors/select";
import type { State } from "../state";
import type { Context } from "./context";

const EDITS = new Set([
  "writeNote",
  "toggleStar",
  "cancelJob",
  "stopAutopilot",
  "takeOverAutopilot",
  "startAutopilot",
  "makeControls",
  "openDeleteBranch",
  "deleteBranch",
  "estimate",
  "draftEstimate",
  "newDraft",
  "renameDraft",
  "deletePlan",
  "writeReason",
  "dropReason",
  "previewPlan",
  "applyPlan",
  "layOut",
  "measureLatency",
  "measureTest",
]);
const OWNER_ONLY = new Set([
  "openNewExperiment",
  "createExperiment",
  "openDeleteExperiment",
  "deleteExperiment",
  "openUnbundleDialog",
  "unbundle",
  "inspectNetwork",
]);
const EXPORTS = new Set(["openExport", "makeExport"]);

/** Returns why this visitor may not run an action; null if they may. */
export function whyRefused(state: State, action: string): string | null {
  if (OWNER_ONLY.has(action) && state.server.visitor?.kind === "link")
    return "Only the owner of this server can do this; you came by a link.";
  if (EDITS.has(action) && isReadOnly(state))
    return "Your link is read-only. Ask its owner for one that allows editing.";
  if (EXPORTS.has(action) && !mayExport(state))
    return "Your link does not allow exporting weights. Ask its owner for one that does.";
  return null;
}

export function guardActions<A extends object>({ store, notify }: Context, actions: A): A {
  const guarded = Object.entries(actions).map(([name, run]) => [
    name,
    (...args: unknown[]): unknown => {
      const reason = whyRefused(store.state(), name);
      if (reason === null) return (run as (...args: unknown[]) => unknown)(...args);
      notify(reason, "neutral");
      return undefined;
    },
  ]);
  return Object.fromEntries(guarded) as A;
}
