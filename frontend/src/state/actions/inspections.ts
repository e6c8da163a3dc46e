/** Inspecting a network before an experiment is made of it. */
import { call } from "../../api/client";
import type { Job, NewExperiment } from "../../api/values";
import { withScreen, type Reducer } from "../patches";
import type { Inspecting, State } from "../state";
import { errorMessage, type Context } from "./context";

const LOOK_EVERY_MS = 300;

export function createInspectionActions(context: Context) {
  return {
    inspectNetwork: (body: NewExperiment) => void inspectNetwork(context, body),
    forgetInspection: () => context.store.dispatch(withInspection(null)),
  };
}

/** Nobody reads a report of a form that has changed, or of a dialog that is closed: then its job is cancelled. */
async function inspectNetwork({ store }: Context, body: NewExperiment): Promise<void> {
  let shown: Inspecting = { job: null, report: null, error: null };
  const show = (next: Partial<Inspecting>): void => {
    shown = { ...shown, ...next };
    store.dispatch(withInspection(shown));
  };
  const isWanted = (): boolean => inspectionOf(store.state()) === shown;
  show({});
  try {
    let job = await call("post", "/api/inspections", { body });
    while (isWanted() && !isFinal(job)) {
      show({ job });
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      job = await call("get", "/api/jobs/{job_id}", { path: { job_id: job.id } });
    }
    if (!isFinal(job)) await call("post", "/api/jobs/{job_id}/cancel", { path: { job_id: job.id } });
    if (!isWanted()) return;
    if (job.state !== "done") {
      show({ job, error: job.error?.message ?? "The inspection was cancelled. Inspect again." });
      return;
    }
    const report = await call("get", "/api/inspections/{job_id}", { path: { job_id: job.id } });
    if (isWanted()) show({ job, report });
  } catch (error) {
    if (isWanted()) show({ error: errorMessage(error) });
  }
}

const isFinal = ({ state }: Job): boolean => state !== "waiting" && state !== "running";

const inspectionOf = ({ screen: { dialog } }: State): Inspecting | null => (dialog?.kind === "experiment" ? dialog.inspection : null);

const withInspection =
  (inspection: Inspecting | null): Reducer =>
  (state) => {
    const { dialog } = state.screen;
    return dialog?.kind === "experiment" ? withScreen(state, { dialog: { ...dialog, inspection } }) : state;
  };
