/** Creates and deletes experiments. */
import { call } from "../../../api/client";
import type { NewExperiment } from "../../../api/values";
import { withoutId, withScreen, withServer, withValue } from "../../changes/patches";
import { defaultChoice } from "../../choice";
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

/** Opens the form and reloads the data folders, which may have changed since the form was last open. */
function openNewExperimentDialog(context: Context): void {
  const dialog = { kind: "experiment", error: null, sending: false, inspection: null, dataReport: null } as const;
  context.store.dispatch((state) => withScreen(forgetRequests((key) => key === "data")(state), { dialog }));
  fetchOnce(
    context,
    "data",
    () => call("get", "/api/data"),
    (state, data) => withServer(state, { data }),
  );
}

async function createExperiment({ store }: Context, body: NewExperiment): Promise<void> {
  const show = (error: string | null, sending: boolean): void =>
    store.dispatch((state) => {
      const { dialog } = state.screen;
      const { inspection, dataReport } =
        dialog?.kind === "experiment" ? dialog : { inspection: null, dataReport: null };
      return withScreen(state, { dialog: { kind: "experiment", error, sending, inspection, dataReport } });
    });
  show(null, true);
  try {
    const experiment = await call("post", "/api/experiments", { body });
    store.dispatch((state) => {
      const updated = withValue(state, "experiments", experiment.id, experiment);
      const choice = { ...defaultChoice, experiment: experiment.id };
      return repairChoice(withScreen({ ...updated, choice }, { dialog: null, pan: null }));
    });
  } catch (error) {
    show(errorMessage(error), false);
  }
}

async function deleteExperiment(context: Context, id: number): Promise<void> {
  const path = { experiment_id: id };
  const isDeleted = await tryOrNotify(context, async () => {
    await call("delete", "/api/experiments/{experiment_id}", { path });
    return true;
  });
  context.store.dispatch((state) => {
    const updated = withScreen(state, { dialog: null });
    if (isDeleted === null) return updated;
    return repairChoice(withServer(updated, { experiments: withoutId(updated.server.experiments, id) }));
  });
}
