/** Creates and deletes experiments. */
import { ApiError, call } from "../../../api/client";
import type { NewExperiment } from "../../../api/values";
import { withoutId, withScreen, withServer, withServerValue } from "../../changes/patches";
import { defaultChoice } from "../../choice";
import type { RequestStatus } from "../../dialog";
import { fetchOnce, tryOrNotify, errorMessage, forgetRequests, type Context } from "../context";
import { repairChoice } from "../validChoice";

export function createExperimentActions(context: Context) {
  return {
    openNewExperimentDialog: () => openNewExperimentDialog(context),
    createExperiment: (body: NewExperiment) => void createExperiment(context, body),
    openDeleteExperimentDialog: (experiment: number) =>
      context.store.dispatch((state) => withScreen(state, { dialog: { kind: "delete", experiment } })),
    deleteExperiment: (experiment: number) => void deleteExperiment(context, experiment),
  };
}

/**
 * Opens the form for a new experiment and reloads the data folders, which may have changed since the form was last
 * opened.
 */
function openNewExperimentDialog(context: Context): void {
  const dialog = {
    kind: "experiment",
    error: null,
    isSending: false,
    inspection: null,
    dataReport: null,
    warnings: [],
    checkpoint: null,
  } as const;
  context.store.dispatch((state) => withScreen(forgetRequests((key) => key === "data")(state), { dialog }));
  fetchOnce(
    context,
    "data",
    () => call("get", "/api/data"),
    (state, data) => withServer(state, { data }),
  );
}

async function createExperiment({ store }: Context, body: NewExperiment): Promise<void> {
  const show = (status: RequestStatus & { readonly warnings: readonly string[] }): void =>
    store.dispatch((state) => {
      const { dialog } = state.screen;
      return dialog?.kind === "experiment" ? withScreen(state, { dialog: { ...dialog, ...status } }) : state;
    });
  show({ error: null, isSending: true, warnings: [] });
  try {
    const experiment = await call("post", "/api/experiments", { body });
    store.dispatch((state) => {
      const updatedState = withServerValue(state, "experiments", experiment.id, experiment);
      const choice = { ...defaultChoice, experiment: experiment.id };
      return repairChoice(withScreen({ ...updatedState, choice }, { dialog: null, pan: null }));
    });
  } catch (error) {
    const warnings = extractWarnings(error);
    show({ error: warnings.length ? null : errorMessage(error), isSending: false, warnings });
  }
}

/** Returns the warnings that kept the server from creating the experiment; empty if the error has another cause. */
function extractWarnings(error: unknown): readonly string[] {
  if (!(error instanceof ApiError) || error.code !== "needs_confirmation") return [];
  const { warnings } = error.details;
  return Array.isArray(warnings) ? warnings.map(String) : [];
}

async function deleteExperiment(context: Context, id: number): Promise<void> {
  const path = { experiment_id: id };
  const deletionResult = await tryOrNotify(context, async () => {
    await call("delete", "/api/experiments/{experiment_id}", { path });
    return true;
  });
  context.store.dispatch((state) => {
    const updatedState = withScreen(state, { dialog: null });
    if (deletionResult === null) return updatedState;
    return repairChoice(withServer(updatedState, { experiments: withoutId(updatedState.server.experiments, id) }));
  });
}
