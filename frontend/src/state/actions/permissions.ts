/** Blocks actions that a link does not permit: notifies the visitor and sends no request. */
import { isReadOnly, mayExportWeights } from "../selectors/select";
import type { State } from "../state";
import type { Context } from "./context";

const EDIT_ACTIONS: ReadonlySet<string> = new Set([
  "writeNote",
  "toggleStar",
  "cancelJob",
  "stopAutopilot",
  "takeOverAutopilot",
  "startAutopilot",
  "suggestPlan",
  "draftCandidate",
  "createControlNodes",
  "openDeleteBranchDialog",
  "deleteBranch",
  "estimate",
  "draftPlanFromEstimate",
  "newDraft",
  "renameDraft",
  "deletePlan",
  "writeReason",
  "dropReason",
  "previewPlan",
  "applyPlan",
  "layOutMap",
  "measureLatency",
  "measureTest",
]);
const OWNER_ACTIONS: ReadonlySet<string> = new Set([
  "openNewExperimentDialog",
  "createExperiment",
  "openDeleteExperimentDialog",
  "deleteExperiment",
  "openUnbundleDialog",
  "unbundle",
  "inspectNetwork",
]);
const EXPORT_ACTIONS: ReadonlySet<string> = new Set(["openExportDialog", "makeExport"]);

/** Returns the reason why this visitor may not run an action; null if they may. */
export function explainRefusal(state: State, action: string): string | null {
  if (OWNER_ACTIONS.has(action) && state.server.visitor?.kind === "link")
    return "Only the owner of this server can do this; you opened this tree through a shared link.";
  if (EDIT_ACTIONS.has(action) && isReadOnly(state))
    return "Your link is read-only. Ask the owner of this server for a link that allows editing.";
  if (EXPORT_ACTIONS.has(action) && !mayExportWeights(state))
    return "Your link does not allow exporting weights. Ask the owner of this server for a link that allows it.";
  return null;
}

export function guardActions<A extends object>({ store, notify }: Context, actions: A): A {
  const guardedActionEntries = Object.entries(actions).map(([name, run]) => [
    name,
    (...args: unknown[]): unknown => {
      const reason = explainRefusal(store.state(), name);
      if (reason === null) return (run as (...args: unknown[]) => unknown)(...args);
      notify(reason, "neutral");
      return undefined;
    },
  ]);
  return Object.fromEntries(guardedActionEntries) as A;
}
