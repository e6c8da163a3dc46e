/** Inspects a network and data before an experiment is created from them. */
import { call } from "../../../api/client";
import type { Job, NetworkReport, NewDataReport, NewExperiment } from "../../../api/values";
import { withScreen, type Reducer } from "../../changes/patches";
import type { Inspection } from "../../dialog";
import type { State } from "../../state";
import { errorMessage, type Context } from "../context";

const POLL_INTERVAL_MS = 300;

/** An inspection: its key in the dialog, how to start its job, and how to read its report. */
interface InspectionRequest<R> {
  readonly key: "inspection" | "dataReport";
  readonly start: () => Promise<Job>;
  readonly read: (job: number) => Promise<R>;
}

export function createInspectionActions(context: Context) {
  return {
    inspectNetwork: (body: NewExperiment) =>
      void runInspection(context, {
        key: "inspection",
        start: () => call("post", "/api/inspections", { body }),
        read: async (job) => {
          const report = await call("get", "/api/inspections/{job_id}", { path: { job_id: job } });
          context.store.dispatch(withCheckpoint(body, report));
          return report;
        },
      }),
    inspectData: (body: NewDataReport) =>
      void runInspection(context, {
        key: "dataReport",
        start: () => call("post", "/api/data/reports", { body }),
        read: (job) => call("get", "/api/data/reports/{job_id}", { path: { job_id: job } }),
      }),
    /** Clears the reports and the error when the form changes, since they no longer apply. */
    forgetInspection: () =>
      context.store.dispatch((state) => {
        const { dialog } = state.screen;
        const clearedDialogFields = { inspection: null, dataReport: null, error: null, warnings: [] };
        return dialog?.kind === "experiment"
          ? withScreen(state, { dialog: { ...dialog, ...clearedDialogFields } })
          : state;
      }),
  };
}

/**
 * Runs an inspection of a network or data set until its report arrives; cancels the job if the form is changed or the
 * dialog is closed.
 */
async function runInspection<R>({ store }: Context, { key, start, read }: InspectionRequest<R>): Promise<void> {
  let latestInspection: Inspection<R> = { job: null, report: null, error: null };
  const show = (next: Partial<Inspection<R>>): void => {
    latestInspection = { ...latestInspection, ...next };
    store.dispatch(withInspection(key, latestInspection));
  };
  const isInspectionShown = (): boolean => findInspection(store.state(), key) === latestInspection;
  store.dispatch(withoutError);
  show({});
  try {
    let job = await start();
    while (isInspectionShown() && !hasJobEnded(job)) {
      show({ job });
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
      job = await call("get", "/api/jobs/{job_id}", { path: { job_id: job.id } });
    }
    if (!hasJobEnded(job)) await call("post", "/api/jobs/{job_id}/cancel", { path: { job_id: job.id } });
    if (!isInspectionShown()) return;
    if (job.state !== "done") {
      show({ job, error: job.error?.message ?? "The inspection was cancelled. Start it again." });
      return;
    }
    const report = await read(job.id);
    if (isInspectionShown()) show({ job, report });
  } catch (error) {
    if (isInspectionShown()) show({ error: errorMessage(error) });
  }
}

/** Stores the sets of weights in the inspected checkpoint, so that the form can offer them. */
const withCheckpoint =
  ({ weights }: NewExperiment, report: NetworkReport): Reducer =>
  (state) => {
    const { dialog } = state.screen;
    if (dialog?.kind !== "experiment" || !weights?.path) return state;
    return withScreen(state, { dialog: { ...dialog, checkpoint: { path: weights.path, sets: report.weights } } });
  };

/** Clears the dialog's error, since the user may have corrected the form. */
const withoutError: Reducer = (state) => {
  const { dialog } = state.screen;
  return dialog?.kind === "experiment" ? withScreen(state, { dialog: { ...dialog, error: null } }) : state;
};

const hasJobEnded = ({ state }: Job): boolean => state !== "waiting" && state !== "running";

const findInspection = ({ screen: { dialog } }: State, key: InspectionRequest<unknown>["key"]): unknown =>
  dialog?.kind === "experiment" ? dialog[key] : null;

const withInspection =
  (key: InspectionRequest<unknown>["key"], inspection: Inspection<unknown> | null): Reducer =>
  (state) => {
    const { dialog } = state.screen;
    return dialog?.kind === "experiment" ? withScreen(state, { dialog: { ...dialog, [key]: inspection } }) : state;
  };
